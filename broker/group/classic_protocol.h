#pragma once

#include <utility>

#include "common/random.h"
#include "group/alarms.h"
#include "group/group_options.h"
#include "group/groups.h"
#include "group/pending_writes.h"
#include "protocol/heartbeat.h"

namespace barnabas {

/// Who asks, for member ids and for DescribeGroups.
struct GroupCaller {
    std::string_view client_id;
    std::string_view client_host;  ///< Kafka's spelling: "/127.0.0.1"
    std::int16_t version = 0;      ///< of the request
};

/// What one call of a shard sees and makes.
struct Step {
    Moment now;
    Effects effects;

    template <class Response>
    void answer(Ticket ticket, Response response) {
        effects.answers.push_back({ticket, std::move(response)});
    }
};

/// Decides how members join, agree on assignments, stay and leave: the classic group protocol on the server's side.
/// Part of GroupShard, which owns what is referred to here.
///
/// Files by phase: classic_join, classic_rebalance, classic_sync, classic_leave.
class ClassicProtocol {
public:
    struct Parts {
        const GroupOptions& options;
        Groups& groups;
        Alarms& alarms;
        PendingWrites& writes;
        Random& random;
    };
    explicit ClassicProtocol(Parts parts) : parts_(parts) {}

    void join(Step& step, Ticket ticket, const GroupCaller& caller, const JoinGroupRequest& request);
    void sync(Step& step, Ticket ticket, const GroupCaller& caller, const SyncGroupRequest& request);
    [[nodiscard]] ErrorCode heartbeat(Moment now, const HeartbeatRequest& request);
    void leave(Step& step, Ticket ticket, const LeaveGroupRequest& request);
    /// A commit of offsets keeps its member alive like a heartbeat.
    void extend_session(Moment now, ClassicGroup& group, std::string_view member);

    /// A group that was read from the log begins to be coordinated here.
    void take_over(Step& step, ClassicGroup& group);
    void expire(Step& step, const Alarms::Due& due);

    void committed(Step& step, const NewGroupWrite& write);
    void committed(Step& step, AssignmentWrite& write);
    void committed(Step& step, const ComebackWrite& write);
    void failed(Step& step, const NewGroupWrite& write, ErrorCode code);
    void failed(Step& step, const AssignmentWrite& write, ErrorCode code);
    void failed(Step& step, const ComebackWrite& write, ErrorCode code);

private:
    /// One JoinGroup on its way through.
    struct Join {
        Step& step;
        Ticket ticket;
        const GroupCaller& caller;
        const JoinGroupRequest& request;
        std::vector<GroupProtocol> protocols;
    };

    // classic_join.cc
    void join_group(Join& join, ClassicGroup& group);
    [[nodiscard]] bool has_room(const ClassicGroup& group, std::string_view member) const;
    void join_new(Join& join, ClassicGroup& group);
    void join_again(Join& join, ClassicGroup& group);
    void come_back(Join& join, ClassicGroup& group, const std::string& old_id, const std::string& new_id);
    void add_member(Join& join, ClassicGroup& group, std::string id);
    void update_member(Join& join, ClassicGroup& group, ClassicMember& member);
    void apply_request(Join& join, ClassicGroup& group, ClassicMember& member);
    [[nodiscard]] std::string make_member_id(const Join& join);

    // classic_rebalance.cc
    void rebalance_or_complete(Step& step, ClassicGroup& group);
    void prepare_rebalance(Step& step, ClassicGroup& group);
    void complete_join_if_all_joined(Step& step, ClassicGroup& group);
    void complete_join(Step& step, ClassicGroup& group);
    void initial_delay_over(Step& step, ClassicGroup& group);
    void members_late_to_sync(Step& step, ClassicGroup& group);
    void set_join_end(ClassicGroup& group, Instant at);
    void set_session_end(ClassicGroup& group, ClassicMember& member, Instant at);

    // classic_sync.cc
    void sync_in_rebalance(Step& step, Ticket ticket, ClassicGroup& group, const SyncGroupRequest& request);
    void note_synced(ClassicGroup& group, std::string_view member);
    void answer_syncs(Step& step, ClassicGroup& group, ErrorCode code);
    void forget_assignments(Step& step, ClassicGroup& group, ErrorCode code);

    // classic_leave.cc
    [[nodiscard]] ErrorCode leave_one(
        Step& step, ClassicGroup& group, const LeaveGroupRequest::MemberIdentity& member, bool& left
    );
    void remove_member(Step& step, ClassicGroup& group, std::string_view member);
    void members_left(Step& step, ClassicGroup& group);
    void session_over(Step& step, ClassicGroup& group, const Alarms::Due& due);

    Parts parts_;
};

/// The answer to a member that the generation has formed with.
[[nodiscard]] JoinGroupResponse joined(const ClassicGroup& group, std::string_view member);
/// The same, with all members for the leader, who assigns.
[[nodiscard]] JoinGroupResponse joined_with_members(const ClassicGroup& group, std::string_view member);
/// A refusal; Kafka names the member only in some.
[[nodiscard]] JoinGroupResponse join_refused(ErrorCode code, std::string_view member);
[[nodiscard]] SyncGroupResponse sync_refused(ErrorCode code);
/// What a member is told when the log refused what its request needs.
[[nodiscard]] ErrorCode client_code(ErrorCode log_code);

}  // namespace barnabas
