#include "group/effects.h"

namespace barnabas {

namespace {

void set_error(JoinGroupResponse& reply, ErrorCode code) {
    reply.error_code = code;
}
void set_error(SyncGroupResponse& reply, ErrorCode code) {
    reply.error_code = code;
}
void set_error(LeaveGroupResponse& reply, ErrorCode code) {
    reply.error_code = code;
    reply.members.clear();
}
void set_error(OffsetCommitResponse& reply, ErrorCode code) {
    for (auto& topic : reply.topics) {
        for (auto& partition : topic.partitions) {
            partition.error_code = code;
        }
    }
}
void set_error(OffsetFetchResponse::OffsetFetchResponseGroup& reply, ErrorCode code) {
    reply.error_code = code;
    reply.topics.clear();
}
void set_error(OffsetDeleteResponse& reply, ErrorCode code) {
    reply.error_code = code;
    reply.topics.clear();
}
void set_error(DeleteGroupsResponse& reply, ErrorCode code) {
    for (auto& group : reply.results) {
        group.error_code = code;
    }
}

}  // namespace

GroupReply with_error(GroupReply reply, ErrorCode code) {
    std::visit([&](auto& one) { set_error(one, code); }, reply);
    return reply;
}

}  // namespace barnabas
