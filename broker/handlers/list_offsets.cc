// ListOffsets (API 2). Version 4 adds leader epochs, 7 the largest timestamp (KIP-734), 8 and 9 the bounds of tiered
// storage (KIP-405, KIP-1005), 11 the earliest offset that waits for its upload (KIP-1023).

#include "protocol/list_offsets.h"

#include <set>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "io/background_pool.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

using OffsetQuery = ListOffsetsRequest::ListOffsetsPartition;
using OffsetAnswer = ListOffsetsResponse::ListOffsetsPartitionResponse;

/// The first version that knows the special timestamp; none knows those below all constants.
std::int16_t first_version_of(std::int64_t timestamp) {
    switch (timestamp) {
        case list_offsets::max_timestamp:
            return 7;
        case list_offsets::earliest_local:
            return 8;
        case list_offsets::latest_tiered:
            return 9;
        case list_offsets::earliest_pending_upload:
            return 11;
        default:
            return timestamp < list_offsets::earliest_pending_upload ? INT16_MAX : std::int16_t{0};
    }
}

/// Whom the answer is for decides how far it may look.
ReadUpTo bound_of(const ListOffsetsRequest& request) {
    constexpr std::int32_t consumer = -1;
    if (request.replica_id != consumer) {
        return ReadUpTo::log_end;
    }
    return request.isolation_level == 1 ? ReadUpTo::last_stable : ReadUpTo::high_watermark;
}

Offset bound_offset(const Log& log, ReadUpTo bound) {
    switch (bound) {
        case ReadUpTo::log_end:
            return log.log_end();
        case ReadUpTo::high_watermark:
            return log.high_watermark();
        case ReadUpTo::last_stable:
            return log.last_stable_offset();
    }
    return log.log_end();
}

OffsetAnswer refused(std::int32_t index, ErrorCode code) {
    return {.partition_index = index, .error_code = code};
}

/// The offset at the edge of the log, with the epoch that it belongs to.
FoundOffset edge(const Partition& partition, const Log& log, Offset offset, bool latest) {
    const std::scoped_lock lock(partition.hosted()->mutex);
    const auto epoch = latest ? std::optional(partition.leader_epoch()) : log.leader_epochs().epoch_at(offset);
    return {no_timestamp, offset, epoch.value_or(no_leader_epoch)};
}

Expected<std::optional<FoundOffset>> find_offset(
    const Partition& partition, const Log& log, std::int64_t timestamp, ReadUpTo bound
) {
    const Offset end = bound_offset(log, bound);
    if (timestamp == list_offsets::latest) {
        return edge(partition, log, end, true);
    }
    if (timestamp == list_offsets::earliest || timestamp == list_offsets::earliest_local) {
        return edge(partition, log, log.log_start(), false);
    }
    auto found = log.offset_for_timestamp(timestamp);
    if (found && *found && (*found)->offset >= end) {
        found->reset();
    }
    return found;
}

Task<OffsetAnswer> answer(
    RequestContext& context, const AccessRights& access, std::string_view topic, OffsetQuery request, ReadUpTo bound
) {
    const std::int32_t index = request.partition_index;
    if (!access.allows_topic(AclOperation::describe, topic)) {
        co_return refused(index, ErrorCode::topic_authorization_failed);
    }
    if (context.version < first_version_of(request.timestamp)) {
        co_return refused(index, ErrorCode::unsupported_version);
    }
    const auto partition = context.broker.replicas.find(topic, PartitionId{index});
    if (!partition) {
        co_return refused(index, partition.error().code);
    }
    const auto log = (*partition)->leader_log(LeaderEpoch{request.current_leader_epoch});
    if (!log) {
        co_return refused(index, log.error().code);
    }
    // A search by time reads index and log files; the edges do not.
    const bool searches = request.timestamp >= 0 || request.timestamp == list_offsets::max_timestamp;
    const auto search = [&] { return find_offset(**partition, **log, request.timestamp, bound); };
    const auto found = searches ? co_await context.broker.background.run(search) : search();
    if (!found) {
        co_return refused(index, found.error().code);
    }
    OffsetAnswer partition_answer{.partition_index = index, .error_code = ErrorCode::none};
    if (*found) {
        partition_answer.timestamp = (*found)->timestamp.time_since_epoch().count();
        partition_answer.offset = (*found)->offset.value;
        partition_answer.leader_epoch = (*found)->epoch.value;
    }
    co_return partition_answer;
}

/// Partitions that the request names more than once: each is refused.
std::set<std::pair<std::string_view, std::int32_t>> named_twice(const ListOffsetsRequest& request) {
    std::set<std::pair<std::string_view, std::int32_t>> seen, twice;
    for (const auto& topic : request.topics) {
        for (const auto& partition : topic.partitions) {
            if (!seen.emplace(topic.name, partition.partition_index).second) {
                twice.emplace(topic.name, partition.partition_index);
            }
        }
    }
    return twice;
}

}  // namespace

Task<ListOffsetsResponse> handle(RequestContext& context, ListOffsetsRequest request) {
    ListOffsetsResponse response;
    const auto twice = named_twice(request);
    const AccessRights access(context);
    for (const auto& topic : request.topics) {
        auto& answered = response.topics.emplace_back();
        answered.name = topic.name;
        std::set<std::int32_t> refused_once;
        for (const auto& partition : topic.partitions) {
            if (!twice.contains({topic.name, partition.partition_index})) {
                answered.partitions.push_back(co_await answer(context, access, topic.name, partition, bound_of(request))
                );
            } else if (refused_once.insert(partition.partition_index).second) {
                answered.partitions.push_back(refused(partition.partition_index, ErrorCode::invalid_request));
            }
        }
    }
    co_return response;
}

}  // namespace barnabas
