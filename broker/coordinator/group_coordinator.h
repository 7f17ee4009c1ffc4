#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <shared_mutex>

#include "coordinator/group_partition.h"
#include "io/background_pool.h"
#include "metadata/metadata_delta.h"
#include "protocol/find_coordinator.h"

namespace barnabas {

/// All groups whose partition of __consumer_offsets this broker leads.
///
/// Requests may come from any thread: each is answered under its partition's lock on the caller's thread, and the
/// caller's coroutine waits on its own loop where the answer depends on others or on the high watermark. What is wrong
/// stands in the answers, as Kafka's codes; nothing else fails. The views in a request must live until the task ends.
class GroupCoordinator {
public:
    struct Services {
        NodeId self;
        const Clock& clock;
        LoopPool& loops;  ///< for timers and loading
        BackgroundPool& background;
        PartitionLogs& logs;
    };

    GroupCoordinator(Services services, const Config& config);

    /// Follows the image: loads the partitions that this broker has begun to lead, gives up those that it leads no
    /// longer, removes offsets of deleted topics. One thread; does not block. The replicas must have followed first.
    void apply(const MetadataDelta& delta);
    /// Gives all partitions up; whoever waits is told not_coordinator. Requests are then answered with
    /// coordinator_not_available.
    void stop();

    [[nodiscard]] Task<JoinGroupResponse> join(EventLoop& loop, GroupCaller caller, JoinGroupRequest request);
    [[nodiscard]] Task<SyncGroupResponse> sync(EventLoop& loop, GroupCaller caller, SyncGroupRequest request);
    [[nodiscard]] HeartbeatResponse heartbeat(const HeartbeatRequest& request);
    /// Requests before version 3 must have been given their one member in `members`.
    [[nodiscard]] Task<LeaveGroupResponse> leave(EventLoop& loop, LeaveGroupRequest request);

    /// Topics and partitions must exist; names and ids of topics must both be filled in.
    [[nodiscard]] Task<OffsetCommitResponse> commit(EventLoop& loop, GroupCaller caller, OffsetCommitRequest request);
    /// One group; with its topics' names and ids. All topics when they are null.
    [[nodiscard]] Task<OffsetFetchResponse::OffsetFetchResponseGroup> fetch(
        EventLoop& loop, OffsetFetchRequest::OffsetFetchRequestGroup request, bool require_stable
    );
    [[nodiscard]] Task<OffsetDeleteResponse> delete_offsets(EventLoop& loop, OffsetDeleteRequest request);
    [[nodiscard]] Task<DeleteGroupsResponse> delete_groups(EventLoop& loop, std::vector<std::string_view> group_ids);

    [[nodiscard]] ListGroupsResponse list(const GroupFilter& filter);
    [[nodiscard]] DescribeGroupsResponse::DescribedGroup describe(std::string_view group_id, std::int16_t version);

    /// The partition of __consumer_offsets that holds a group.
    [[nodiscard]] PartitionId partition_of(std::string_view group_id) const;

    /// For metrics; see GroupShard.
    void for_each_offset(const GroupShard::EachOffset& each);

private:
    using Decide = GroupPartition::Decide;

    [[nodiscard]] std::shared_ptr<GroupPartition> find(PartitionId partition) const;
    [[nodiscard]] Expected<std::shared_ptr<GroupPartition>> partition_for(std::string_view group_id) const;
    [[nodiscard]] Task<Expected<GroupReply>> ask(EventLoop& loop, std::string_view group_id, const Decide& decide);
    static Task<Expected<GroupReply>> refuse(Error error);
    [[nodiscard]] std::vector<std::shared_ptr<GroupPartition>> all() const;
    void lead(PartitionId partition, LeaderEpoch epoch);
    void resign(PartitionId partition);

    const Services services_;
    const GroupPartition::Options options_;
    mutable std::shared_mutex mutex_;
    std::map<PartitionId, std::shared_ptr<GroupPartition>> partitions_;
    std::atomic<std::int32_t> partition_count_;
    std::atomic<bool> stopped_{false};
};

}  // namespace barnabas
