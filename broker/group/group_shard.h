#pragma once

#include <functional>
#include <span>

#include "group/offset_requests.h"
#include "protocol/describe_groups.h"
#include "protocol/list_groups.h"

namespace barnabas {

/// Filters of ListGroups; an empty one lets all pass. Letters' case does not matter.
struct GroupFilter {
    std::span<const std::string_view> states;
    std::span<const std::string_view> types;
};

/// The groups and committed offsets of one partition of __consumer_offsets: a replicated state machine.
///
/// Decides, and does nothing: each call returns the records to write and the answers that are due. The driver appends
/// each write, replays its records at once, and reports when it was committed. Answers that depend on records come from
/// `committed()` or `failed()`, those of members that wait for others from whichever call completes the rebalance.
/// What reads committed offsets waits in the same way for all writes under way, so that no answer shows what may be
/// lost.
///
/// Life: replay the log from its start, then `loaded()`; from then on requests. Not thread-safe: its driver's lock
/// guards it. Requests' views are not kept. Rules: Kafka's classic group protocol with static members (KIP-345),
/// member ids required (KIP-394), skipped assignments (KIP-814), stable offsets (KIP-447), expiry (KIP-211).
class GroupShard {
public:
    /// `seed` decides member ids.
    GroupShard(GroupOptions options, std::uint64_t seed);
    GroupShard(const GroupShard&) = delete;
    GroupShard& operator=(const GroupShard&) = delete;

    // The log. `producer` is the batch's inside transactions, else no_producer.
    void replay(Offset offset, ProducerId producer, GroupRecord record);
    /// A transaction's control record: its offsets become the group's, or are dropped.
    void replay_marker(ProducerId producer, bool committed) { offsets_.end(producer, committed); }
    [[nodiscard]] Effects loaded(Moment now);
    [[nodiscard]] Effects committed(Moment now, WriteId write);
    /// `code` is why: the log's, or request_timed_out.
    [[nodiscard]] Effects failed(Moment now, WriteId write, ErrorCode code);

    // Time.
    [[nodiscard]] Instant next_deadline() const { return std::min(alarms_.next(), next_expiry_); }
    [[nodiscard]] Effects expire(Moment now);

    // Membership.
    [[nodiscard]] Effects join(Moment now, Ticket ticket, const GroupCaller& caller, const JoinGroupRequest& request);
    [[nodiscard]] Effects sync(Moment now, Ticket ticket, const GroupCaller& caller, const SyncGroupRequest& request);
    [[nodiscard]] ErrorCode heartbeat(Moment now, const HeartbeatRequest& request);
    /// Requests before version 3 must have been given their one member in `members`.
    [[nodiscard]] Effects leave(Moment now, Ticket ticket, const LeaveGroupRequest& request);

    // Offsets. The caller has checked topics and partitions, and filled in names and ids of the topics.
    [[nodiscard]] Effects commit(
        Moment now, Ticket ticket, const GroupCaller& caller, const OffsetCommitRequest& request
    );
    [[nodiscard]] Effects fetch(
        Moment now, Ticket ticket, const OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable
    );
    [[nodiscard]] Effects delete_offsets(Moment now, Ticket ticket, const OffsetDeleteRequest& request);
    /// Offsets of these topics are removed from all groups.
    [[nodiscard]] Effects topics_deleted(Moment now, std::span<const std::string> topics);

    // Administration.
    [[nodiscard]] Effects delete_groups(Moment now, Ticket ticket, std::span<const std::string_view> group_ids);
    [[nodiscard]] std::vector<ListGroupsResponse::ListedGroup> list(const GroupFilter& filter) const;
    [[nodiscard]] DescribeGroupsResponse::DescribedGroup describe(std::string_view group_id, std::int16_t version)
        const;

    using EachOffset = std::function<void(std::string_view group, std::string_view topic, PartitionId, Offset)>;
    /// Calls `each` for every committed offset, for metrics.
    void for_each_offset(const EachOffset& each) const;

    [[nodiscard]] const Groups& groups() const { return groups_; }
    [[nodiscard]] const CommittedOffsets& offsets() const { return offsets_; }

private:
    void replay_offset(Offset offset, ProducerId producer, OffsetRecord record);
    void replay_group(ClassicGroupRecord record);
    void replay_other(OtherGroupRecord record);
    void committed(Step& step, AfterWrite& what);
    void failed(Step& step, AfterWrite& what, ErrorCode code);
    /// Does what is due at the step's moment, and hands out its effects.
    [[nodiscard]] Effects finish(Step& step);

    const GroupOptions options_;
    Random random_;
    Groups groups_;
    CommittedOffsets offsets_;
    Alarms alarms_;
    PendingWrites writes_;
    ClassicProtocol classic_;
    OffsetRequests offset_requests_;
    bool loaded_ = false;
    Instant next_expiry_ = Instant::max();
};

}  // namespace barnabas
