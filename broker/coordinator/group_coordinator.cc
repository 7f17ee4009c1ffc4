#include "coordinator/group_coordinator.h"

#include "common/events.h"
#include "coordinator/coordinator_key.h"
#include "model/internal_topics.h"

namespace barnabas {

namespace {

TopicPartition offsets_partition(PartitionId partition) {
    return {std::string(consumer_offsets_topic), partition};
}

/// The shard's answer, or `refusal` with the error's code.
template <class Response>
Response answer_or(Expected<GroupReply> reply, Response refusal) {
    if (!reply) {
        return std::get<Response>(with_error(std::move(refusal), reply.error().code));
    }
    return std::get<Response>(*std::move(reply));
}

std::vector<std::string> topics_gone(const MetadataDelta& delta) {
    std::vector<std::string> names;
    for (const auto& [id, partitions] : delta.topics) {
        const TopicImage* before = delta.before->topics.find(id);
        if (before && !delta.after->topics.find(id)) {
            names.push_back(before->name);
        }
    }
    return names;
}

}  // namespace

GroupCoordinator::GroupCoordinator(Services services, const Config& config)
    : services_(services),
      options_(GroupPartition::Options::of(config)),
      partition_count_(config.offsets_topic_num_partitions) {}

void GroupCoordinator::apply(const MetadataDelta& delta) {
    if (const auto gone = topics_gone(delta); !gone.empty()) {
        for (const auto& partition : all()) {
            partition->topics_deleted(gone);
        }
    }
    const TopicImage* topic = delta.after->topics.find(consumer_offsets_topic);
    if (!topic) {
        for (const auto& [id, partition] : std::map(partitions_)) {
            resign(id);
        }
        return;
    }
    partition_count_ = static_cast<std::int32_t>(topic->partitions.size());
    const auto changed = delta.topics.find(topic->id);
    if (changed == delta.topics.end()) {
        return;
    }
    for (const PartitionId partition : changed->second) {
        const PartitionRegistration* state = topic->partition(partition);
        if (state && state->leader == services_.self) {
            lead(partition, state->leader_epoch);
        } else {
            resign(partition);
        }
    }
}

void GroupCoordinator::lead(PartitionId partition, LeaderEpoch epoch) {
    if (const auto held = find(partition)) {
        // One epoch later, nobody else can have led in between.
        if (epoch.value <= held->epoch().value + 1) {
            return held->set_epoch(epoch);
        }
        resign(partition);
    }
    auto log = services_.logs.find(offsets_partition(partition));
    if (!log) {
        return event::error(
            "groups cannot be loaded", {{"partition", offsets_partition(partition).text()}, {"why", log.error().detail}}
        );
    }
    auto& loop = services_.loops.at(static_cast<std::size_t>(partition.value) % services_.loops.size());
    auto made = std::make_shared<GroupPartition>(
        offsets_partition(partition), epoch, *std::move(log), options_,
        GroupPartition::Services{services_.clock, loop, services_.background}
    );
    {
        const std::unique_lock lock(mutex_);
        partitions_[partition] = made;
    }
    made->start();
}

void GroupCoordinator::resign(PartitionId partition) {
    std::shared_ptr<GroupPartition> held;
    {
        const std::unique_lock lock(mutex_);
        auto node = partitions_.extract(partition);
        held = node.empty() ? nullptr : std::move(node.mapped());
    }
    if (held) {
        held->close();
    }
}

void GroupCoordinator::stop() {
    stopped_ = true;
    for (const auto& partition : all()) {
        partition->close();
    }
}

std::shared_ptr<GroupPartition> GroupCoordinator::find(PartitionId partition) const {
    const std::shared_lock lock(mutex_);
    const auto found = partitions_.find(partition);
    return found == partitions_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<GroupPartition>> GroupCoordinator::all() const {
    const std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<GroupPartition>> partitions;
    for (const auto& [id, partition] : partitions_) {
        partitions.push_back(partition);
    }
    return partitions;
}

PartitionId GroupCoordinator::partition_of(std::string_view group_id) const {
    return partition_for_key(group_id, partition_count_);
}

Expected<std::shared_ptr<GroupPartition>> GroupCoordinator::partition_for(std::string_view group_id) const {
    if (stopped_) {
        return fail(ErrorCode::coordinator_not_available, "the broker is stopping");
    }
    if (auto held = find(partition_of(group_id))) {
        return held;
    }
    return fail(ErrorCode::not_coordinator, "another broker coordinates the group");
}

Task<Expected<GroupReply>> GroupCoordinator::ask(EventLoop& loop, std::string_view group_id, const Decide& decide) {
    auto partition = partition_for(group_id);
    return partition ? (*partition)->ask(loop, decide) : refuse(std::move(partition.error()));
}

Task<Expected<GroupReply>> GroupCoordinator::refuse(Error error) {
    co_return std::unexpected(std::move(error));
}

Task<JoinGroupResponse> GroupCoordinator::join(EventLoop& loop, GroupCaller caller, JoinGroupRequest request) {
    auto reply = co_await ask(loop, request.group_id, [&](GroupShard& shard, Moment now, Ticket ticket) {
        return shard.join(now, ticket, caller, request);
    });
    co_return answer_or(std::move(reply), join_refused(ErrorCode::none, request.member_id));
}

Task<SyncGroupResponse> GroupCoordinator::sync(EventLoop& loop, GroupCaller caller, SyncGroupRequest request) {
    auto reply = co_await ask(loop, request.group_id, [&](GroupShard& shard, Moment now, Ticket ticket) {
        return shard.sync(now, ticket, caller, request);
    });
    co_return answer_or(std::move(reply), SyncGroupResponse());
}

HeartbeatResponse GroupCoordinator::heartbeat(const HeartbeatRequest& request) {
    HeartbeatResponse response;
    const auto partition = partition_for(request.group_id);
    const auto asked =
        !partition ? std::unexpected(partition.error()) : (*partition)->look([&](GroupShard& shard, Moment now) {
            response.error_code = shard.heartbeat(now, request);
        });
    // While the group is loading, a member that lives need not worry.
    if (!asked && asked.error().code != ErrorCode::coordinator_load_in_progress) {
        response.error_code = asked.error().code;
    }
    return response;
}

Task<LeaveGroupResponse> GroupCoordinator::leave(EventLoop& loop, LeaveGroupRequest request) {
    auto reply = co_await ask(loop, request.group_id, [&](GroupShard& shard, Moment now, Ticket ticket) {
        return shard.leave(now, ticket, request);
    });
    co_return answer_or(std::move(reply), LeaveGroupResponse());
}

Task<OffsetCommitResponse> GroupCoordinator::commit(EventLoop& loop, GroupCaller caller, OffsetCommitRequest request) {
    auto reply = co_await ask(loop, request.group_id, [&](GroupShard& shard, Moment now, Ticket ticket) {
        return shard.commit(now, ticket, caller, request);
    });
    co_return answer_or(std::move(reply), commit_refused(request, ErrorCode::none));
}

Task<OffsetFetchResponse::OffsetFetchResponseGroup> GroupCoordinator::fetch(
    EventLoop& loop, OffsetFetchRequest::OffsetFetchRequestGroup request, bool require_stable
) {
    auto reply = co_await ask(loop, request.group_id, [&](GroupShard& shard, Moment now, Ticket ticket) {
        return shard.fetch(now, ticket, request, require_stable);
    });
    OffsetFetchResponse::OffsetFetchResponseGroup refusal;
    refusal.group_id = request.group_id;
    co_return answer_or(std::move(reply), std::move(refusal));
}

Task<OffsetDeleteResponse> GroupCoordinator::delete_offsets(EventLoop& loop, OffsetDeleteRequest request) {
    auto reply = co_await ask(loop, request.group_id, [&](GroupShard& shard, Moment now, Ticket ticket) {
        return shard.delete_offsets(now, ticket, request);
    });
    co_return answer_or(std::move(reply), OffsetDeleteResponse());
}

Task<DeleteGroupsResponse> GroupCoordinator::delete_groups(EventLoop& loop, std::vector<std::string_view> group_ids) {
    std::map<PartitionId, std::vector<std::string_view>> by_partition;
    for (const std::string_view id : group_ids) {
        by_partition[partition_of(id)].push_back(id);
    }
    DeleteGroupsResponse response;
    for (const auto& [partition, ids] : by_partition) {
        auto reply = co_await ask(loop, ids.front(), [&](GroupShard& shard, Moment now, Ticket ticket) {
            return shard.delete_groups(now, ticket, ids);
        });
        DeleteGroupsResponse refusal;
        for (const std::string_view id : ids) {
            refusal.results.emplace_back().group_id = id;
        }
        std::ranges::move(
            answer_or(std::move(reply), std::move(refusal)).results, std::back_inserter(response.results)
        );
    }
    co_return response;
}

ListGroupsResponse GroupCoordinator::list(const GroupFilter& filter) {
    ListGroupsResponse response;
    if (stopped_) {
        response.error_code = ErrorCode::coordinator_not_available;
        return response;
    }
    for (const auto& partition : all()) {
        const auto listed = partition->look([&](GroupShard& shard, Moment) {
            std::ranges::move(shard.list(filter), std::back_inserter(response.groups));
        });
        if (!listed && listed.error().code == ErrorCode::coordinator_load_in_progress) {
            response.error_code = listed.error().code;
            response.groups.clear();
            return response;
        }
    }
    return response;
}

DescribeGroupsResponse::DescribedGroup GroupCoordinator::describe(std::string_view group_id, std::int16_t version) {
    DescribeGroupsResponse::DescribedGroup group;
    const auto partition = partition_for(group_id);
    const auto seen =
        !partition ? std::unexpected(partition.error())
                   : (*partition)->look([&](GroupShard& shard, Moment) { group = shard.describe(group_id, version); });
    if (!seen) {
        group.group_id = group_id;
        group.error_code = seen.error().code;
    }
    return group;
}

void GroupCoordinator::for_each_offset(const GroupShard::EachOffset& each) {
    for (const auto& partition : all()) {
        // A partition that is not active has no offsets to show.
        (void)partition->look([&](GroupShard& shard, Moment) { shard.for_each_offset(each); });
    }
}

}  // namespace barnabas
