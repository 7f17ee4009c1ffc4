#include "group/classic_protocol.h"

namespace barnabas {

namespace {

bool differ(const std::optional<std::string_view>& of_member, const std::optional<std::string>& of_group) {
    return of_member && of_group && *of_member != *of_group;
}

ErrorCode check(const ClassicGroup& group, const SyncGroupRequest& request) {
    if (const ErrorCode code = group.check_member(request.member_id, request.group_instance_id);
        code != ErrorCode::none) {
        return code;
    }
    if (request.generation_id != group.generation()) {
        return ErrorCode::illegal_generation;
    }
    if (differ(request.protocol_type, group.protocol_type()) || differ(request.protocol_name, group.protocol())) {
        return ErrorCode::inconsistent_group_protocol;
    }
    return group.is(ClassicState::preparing_rebalance) ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

SyncGroupResponse assigned(const ClassicGroup& group, const ClassicMember& member) {
    SyncGroupResponse response;
    response.protocol_type = group.protocol_type();
    response.protocol_name = group.protocol();
    response.assignment = member.assignment;
    return response;
}

}  // namespace

SyncGroupResponse sync_refused(ErrorCode code) {
    SyncGroupResponse response;
    response.error_code = code;
    return response;
}

ErrorCode client_code(ErrorCode log_code) {
    switch (log_code) {
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::not_enough_replicas:
        case ErrorCode::request_timed_out:
            return ErrorCode::coordinator_not_available;
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::kafka_storage_error:
            return ErrorCode::not_coordinator;
        case ErrorCode::message_too_large:
        case ErrorCode::record_list_too_large:
        case ErrorCode::invalid_fetch_size:
            return ErrorCode::unknown_server_error;
        default:
            return log_code;
    }
}

void ClassicProtocol::sync(Step& step, Ticket ticket, const GroupCaller& caller, const SyncGroupRequest& request) {
    if (caller.version >= 5 && (!request.protocol_type || !request.protocol_name)) {
        return step.answer(ticket, sync_refused(ErrorCode::inconsistent_group_protocol));
    }
    if (request.group_id.empty()) {
        return step.answer(ticket, sync_refused(ErrorCode::invalid_group_id));
    }
    ClassicGroup* group = parts_.groups.classic(request.group_id);
    if (!group || group->is(ClassicState::empty)) {
        return step.answer(ticket, sync_refused(ErrorCode::unknown_member_id));
    }
    if (const ErrorCode code = check(*group, request); code != ErrorCode::none) {
        return step.answer(ticket, sync_refused(code));
    }
    if (group->is(ClassicState::completing_rebalance)) {
        return sync_in_rebalance(step, ticket, *group, request);
    }
    note_synced(*group, request.member_id);
    step.answer(ticket, assigned(*group, *group->find(request.member_id)));
}

void ClassicProtocol::sync_in_rebalance(
    Step& step, Ticket ticket, ClassicGroup& group, const SyncGroupRequest& request
) {
    ClassicMember& member = *group.find(request.member_id);
    if (const auto earlier = std::exchange(member.awaits_sync, ticket)) {
        step.answer(*earlier, sync_refused(ErrorCode::rebalance_in_progress));  // its client has given up
    }
    note_synced(group, member.id);
    if (!group.is_leader(member.id)) {
        return;
    }
    AssignmentWrite write{group.id(), group.generation(), {}};
    for (const auto& [id, unused] : group.members()) {
        write.assignments[id];  // a member that the leader forgot gets nothing
    }
    for (const auto& assignment : request.assignments) {
        if (const auto known = write.assignments.find(assignment.member_id); known != write.assignments.end()) {
            known->second = copy(assignment.assignment);
        }
    }
    const WriteId id =
        parts_.writes.begin(step.effects, {ClassicGroupRecord{group.id(), group.stored(write.assignments)}});
    parts_.writes.after(id, std::move(write));
}

void ClassicProtocol::note_synced(ClassicGroup& group, std::string_view member) {
    if (const auto pending = group.pending_sync.find(member); pending != group.pending_sync.end()) {
        group.pending_sync.erase(pending);
    }
    if (group.pending_sync.empty()) {
        group.sync_end = Instant::max();
    }
}

void ClassicProtocol::committed(Step& step, AssignmentWrite& write) {
    ClassicGroup* group = parts_.groups.classic(write.group_id);
    if (!group || !group->is(ClassicState::completing_rebalance) || group->generation() != write.generation) {
        return;  // somebody joined or left since: the next generation will have its own assignments
    }
    for (const auto& [id, unused] : group->members()) {
        group->find(id)->assignment = std::move(write.assignments[id]);
    }
    answer_syncs(step, *group, ErrorCode::none);
    group->move_to(ClassicState::stable, step.now.timestamp);
}

void ClassicProtocol::failed(Step& step, const AssignmentWrite& write, ErrorCode code) {
    ClassicGroup* group = parts_.groups.classic(write.group_id);
    if (!group || !group->is(ClassicState::completing_rebalance) || group->generation() != write.generation) {
        return;
    }
    forget_assignments(step, *group, client_code(code));
    prepare_rebalance(step, *group);
}

void ClassicProtocol::forget_assignments(Step& step, ClassicGroup& group, ErrorCode code) {
    for (const auto& [id, unused] : group.members()) {
        group.find(id)->assignment.clear();
    }
    answer_syncs(step, group, code);
}

void ClassicProtocol::answer_syncs(Step& step, ClassicGroup& group, ErrorCode code) {
    for (const auto& [id, unused] : group.members()) {
        ClassicMember& member = *group.find(id);
        if (const auto ticket = std::exchange(member.awaits_sync, std::nullopt)) {
            step.answer(*ticket, code == ErrorCode::none ? assigned(group, member) : sync_refused(code));
            // While it waited, its session could not end, and nothing looked at it.
            set_session_end(group, member, step.now.instant + member.session_timeout);
        }
    }
}

ErrorCode ClassicProtocol::heartbeat(Moment now, const HeartbeatRequest& request) {
    if (request.group_id.empty()) {
        return ErrorCode::invalid_group_id;
    }
    ClassicGroup* group = parts_.groups.classic(request.group_id);
    if (!group) {
        return ErrorCode::unknown_member_id;
    }
    if (const ErrorCode code = group->check_member(request.member_id, request.group_instance_id);
        code != ErrorCode::none) {
        return code;
    }
    if (request.generation_id != group->generation()) {
        return ErrorCode::illegal_generation;
    }
    extend_session(now, *group, request.member_id);
    return group->is(ClassicState::preparing_rebalance) ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

void ClassicProtocol::extend_session(Moment now, ClassicGroup& group, std::string_view id) {
    if (ClassicMember* member = group.find(id)) {
        set_session_end(group, *member, now.instant + member->session_timeout);
    }
}

}  // namespace barnabas
