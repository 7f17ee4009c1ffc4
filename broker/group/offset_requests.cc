#include "group/offset_requests.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;
using FetchGroup = OffsetFetchRequest::OffsetFetchRequestGroup;
using FetchedGroup = OffsetFetchResponse::OffsetFetchResponseGroup;
using FetchedPartition = OffsetFetchResponse::OffsetFetchResponsePartitions;

FetchedPartition fetched(PartitionId partition, const CommittedOffset* offset) {
    FetchedPartition out;
    out.partition_index = partition.value;
    out.committed_offset = -1;
    if (offset) {
        out.committed_offset = offset->offset.value;
        out.committed_leader_epoch = offset->leader_epoch.value;
        out.metadata = offset->metadata;
    }
    return out;
}

FetchedPartition unstable(PartitionId partition) {
    FetchedPartition out = fetched(partition, nullptr);
    out.error_code = ErrorCode::unstable_offset_commit;
    return out;
}

/// An offset of an earlier topic of this name is none of this topic's.
bool is_of(const CommittedOffset& offset, const TopicId& topic) {
    return offset.topic_id.is_zero() || topic.is_zero() || offset.topic_id == topic;
}

}  // namespace

OffsetCommitResponse commit_refused(const OffsetCommitRequest& request, ErrorCode code) {
    OffsetCommitResponse response;
    for (const auto& topic : request.topics) {
        auto& out = response.topics.emplace_back();
        out.name = topic.name;
        out.topic_id = topic.topic_id;
        for (const auto& partition : topic.partitions) {
            auto& refused = out.partitions.emplace_back();
            refused.partition_index = partition.partition_index;
            refused.error_code = code;
        }
    }
    return response;
}

ErrorCode OffsetRequests::check_commit(const OffsetCommitRequest& request, std::int16_t version) const {
    const std::int32_t generation = request.generation_id_or_member_epoch;
    const Group* known = parts_.groups.find(request.group_id);
    if (!known) {
        // Without a generation it comes from a consumer that assigns itself, or from an operator.
        return generation < 0 ? ErrorCode::none
               : version >= 9 ? ErrorCode::group_id_not_found
                              : ErrorCode::illegal_generation;
    }
    const auto* group = std::get_if<ClassicGroup>(known);
    if (!group) {
        const auto& other = std::get<OtherGroup>(*known);
        return generation < 0 && other.members.empty() ? ErrorCode::none : ErrorCode::unknown_member_id;
    }
    if (generation < 0 && group->is(ClassicState::empty)) {
        return ErrorCode::none;
    }
    if (generation < 0 && request.member_id.empty() && !request.group_instance_id) {
        return ErrorCode::unknown_member_id;  // the group's own members are at work
    }
    if (const ErrorCode code = group->check_member(request.member_id, request.group_instance_id);
        code != ErrorCode::none) {
        return code;
    }
    if (generation != group->generation()) {
        return ErrorCode::illegal_generation;
    }
    return group->is(ClassicState::completing_rebalance) ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

void OffsetRequests::commit(Step& step, Ticket ticket, const OffsetCommitRequest& request) {
    OffsetCommitResponse response = commit_refused(request, ErrorCode::none);
    Records records;
    for (std::size_t t = 0; t < request.topics.size(); ++t) {
        const auto& topic = request.topics[t];
        for (std::size_t p = 0; p < topic.partitions.size(); ++p) {
            const auto& partition = topic.partitions[p];
            const std::string_view metadata = partition.committed_metadata.value_or("");
            if (std::ssize(metadata) > parts_.options.offset_metadata_max_bytes) {
                response.topics[t].partitions[p].error_code = ErrorCode::offset_metadata_too_large;
                continue;
            }
            CommittedOffset offset;
            offset.offset = {partition.committed_offset};
            offset.leader_epoch = {partition.committed_leader_epoch};
            offset.metadata = metadata;
            offset.committed_at = step.now.timestamp;
            if (request.retention_time_ms != -1) {
                offset.expires_at = step.now.timestamp + milliseconds(request.retention_time_ms);
            }
            offset.topic_id = topic.topic_id;
            records.push_back(
                OffsetRecord{offset_key(request.group_id, topic.name, {partition.partition_index}), offset.stored()}
            );
        }
    }
    if (records.empty()) {
        return step.answer(ticket, std::move(response));
    }
    const WriteId write = parts_.writes.begin(step.effects, std::move(records));
    parts_.writes.after(write, AnswerWrite{ticket, std::move(response)});
}

void OffsetRequests::fetch(Step& step, Ticket ticket, const FetchGroup& request, bool require_stable) {
    FetchedGroup group;
    group.group_id = request.group_id;
    const auto look_up = [&](std::string_view topic, const TopicId& topic_id, PartitionId partition) {
        if (require_stable && parts_.offsets.is_pending(request.group_id, topic, partition)) {
            return unstable(partition);
        }
        const CommittedOffset* offset = parts_.offsets.find(request.group_id, topic, partition);
        return fetched(partition, offset && is_of(*offset, topic_id) ? offset : nullptr);
    };
    if (request.topics) {
        for (const auto& topic : *request.topics) {
            auto& out = group.topics.emplace_back();
            out.name = topic.name;
            out.topic_id = topic.topic_id;
            for (const std::int32_t partition : topic.partition_indexes) {
                out.partitions.push_back(look_up(topic.name, topic.topic_id, {partition}));
            }
        }
    } else if (const auto* topics = parts_.offsets.of(request.group_id)) {
        for (const auto& [topic, partitions] : *topics) {
            auto& out = group.topics.emplace_back();
            out.name = topic;
            for (const auto& [partition, offset] : partitions) {
                out.partitions.push_back(look_up(topic, {}, partition));
            }
        }
    }
    if (const auto under_way = parts_.writes.last()) {
        parts_.writes.after(*under_way, AnswerWrite{ticket, std::move(group)});
    } else {
        step.answer(ticket, std::move(group));
    }
}

void OffsetRequests::delete_offsets(Step& step, Ticket ticket, const OffsetDeleteRequest& request) {
    OffsetDeleteResponse response;
    const Group* known = parts_.groups.find(request.group_id);
    const auto* group = known ? std::get_if<ClassicGroup>(known) : nullptr;
    const auto* other = known ? std::get_if<OtherGroup>(known) : nullptr;
    if (request.group_id.empty()) {
        response.error_code = ErrorCode::invalid_group_id;
    } else if (!known) {
        response.error_code = ErrorCode::group_id_not_found;
    } else if ((group && !group->is(ClassicState::empty) && !group->uses_consumer_protocol()) ||
               (other && !other->members.empty())) {
        response.error_code = ErrorCode::non_empty_group;  // what they read is not known here
    }
    if (response.error_code != ErrorCode::none) {
        return step.answer(ticket, std::move(response));
    }
    Records records;
    for (const auto& topic : request.topics) {
        const bool subscribed = group && group->is_subscribed_to(topic.name);
        auto& out = response.topics.emplace_back();
        out.name = topic.name;
        for (const auto& partition : topic.partitions) {
            const PartitionId id{partition.partition_index};
            auto& deleted = out.partitions.emplace_back();
            deleted.partition_index = id.value;
            if (subscribed) {
                deleted.error_code = ErrorCode::group_subscribed_to_topic;
            } else if (parts_.offsets.find(request.group_id, topic.name, id) ||
                       parts_.offsets.is_pending(request.group_id, topic.name, id)) {
                records.push_back(removal_of_offset(request.group_id, topic.name, id));
            }
        }
    }
    if (records.empty()) {
        return step.answer(ticket, std::move(response));
    }
    parts_.writes.after(write_all(step, std::move(records)), AnswerWrite{ticket, std::move(response)});
}

ErrorCode OffsetRequests::check_delete(std::string_view group_id) const {
    const Group* known = parts_.groups.find(group_id);
    if (!known) {
        return ErrorCode::group_id_not_found;
    }
    const auto* group = std::get_if<ClassicGroup>(known);
    const bool empty = group ? group->is(ClassicState::empty) : std::get<OtherGroup>(*known).members.empty();
    return empty ? ErrorCode::none : ErrorCode::non_empty_group;
}

void OffsetRequests::delete_groups(Step& step, Ticket ticket, std::span<const std::string_view> group_ids) {
    DeleteGroupsResponse response;
    Records records;
    std::set<std::string_view> seen;
    for (const std::string_view id : group_ids) {
        if (!seen.insert(id).second) {
            continue;
        }
        auto& out = response.results.emplace_back();
        out.group_id = id;
        out.error_code = check_delete(id);
        if (out.error_code == ErrorCode::none) {
            remove_all(id, records);
            remove_group(id, records);
        }
    }
    if (records.empty()) {
        return step.answer(ticket, std::move(response));
    }
    parts_.writes.after(write_all(step, std::move(records)), AnswerWrite{ticket, std::move(response)});
}

}  // namespace barnabas
