#include "group/classic_protocol.h"

namespace barnabas {

void ClassicProtocol::leave(Step& step, Ticket ticket, const LeaveGroupRequest& request) {
    LeaveGroupResponse response;
    if (request.group_id.empty()) {
        response.error_code = ErrorCode::invalid_group_id;
        return step.answer(ticket, std::move(response));
    }
    ClassicGroup* group = parts_.groups.classic(request.group_id);
    bool left = false;
    for (const auto& member : request.members) {
        auto& out = response.members.emplace_back();
        out.member_id = member.member_id;
        out.group_instance_id =
            member.group_instance_id ? std::optional<std::string>(*member.group_instance_id) : std::nullopt;
        out.error_code = group ? leave_one(step, *group, member, left) : ErrorCode::unknown_member_id;
    }
    const std::size_t writes_before = step.effects.writes.size();
    if (left) {
        members_left(step, *group);
    }
    if (step.effects.writes.size() > writes_before) {
        // The last member is only gone when the log says so.
        parts_.writes.after(step.effects.writes.back().id, AnswerWrite{ticket, std::move(response)});
    } else {
        step.answer(ticket, std::move(response));
    }
}

ErrorCode ClassicProtocol::leave_one(
    Step& step, ClassicGroup& group, const LeaveGroupRequest::MemberIdentity& member, bool& left
) {
    if (member.member_id.empty()) {
        // An operator removes a static member without knowing its id.
        const std::string* id = member.group_instance_id ? group.static_member(*member.group_instance_id) : nullptr;
        if (!id) {
            return ErrorCode::unknown_member_id;
        }
        remove_member(step, group, std::string(*id));
    } else if (group.pending_members.contains(member.member_id)) {
        group.remove(member.member_id);
    } else {
        if (const ErrorCode code = group.check_member(member.member_id, member.group_instance_id);
            code != ErrorCode::none) {
            return code;
        }
        remove_member(step, group, member.member_id);
    }
    left = true;
    return ErrorCode::none;
}

void ClassicProtocol::remove_member(Step& step, ClassicGroup& group, std::string_view id) {
    ClassicMember& member = *group.find(id);
    if (const auto ticket = group.take_join(member)) {
        step.answer(*ticket, join_refused(ErrorCode::unknown_member_id, {}));
    }
    if (const auto ticket = std::exchange(member.awaits_sync, std::nullopt)) {
        step.answer(*ticket, sync_refused(ErrorCode::unknown_member_id));
    }
    group.remove(id);
}

void ClassicProtocol::members_left(Step& step, ClassicGroup& group) {
    if (group.is(ClassicState::stable) || group.is(ClassicState::completing_rebalance)) {
        prepare_rebalance(step, group);
    } else {
        complete_join_if_all_joined(step, group);
    }
}

void ClassicProtocol::session_over(Step& step, ClassicGroup& group, const Alarms::Due& due) {
    const std::string& id = due.alarm.member_id;
    if (const auto pending = group.pending_members.find(id); pending != group.pending_members.end()) {
        if (pending->second <= step.now.instant) {
            group.pending_members.erase(pending);
            complete_join_if_all_joined(step, group);
        }
        return;
    }
    ClassicMember* member = group.find(id);
    if (!member || member->alarm != due.at) {
        return;
    }
    member->alarm = Instant::max();
    if (member->session_end > step.now.instant) {
        return set_session_end(group, *member, member->session_end);
    }
    // Whoever waits for an answer is alive; the answer begins a new session.
    if (!member->is_new && (member->awaits_join || member->awaits_sync)) {
        return;
    }
    remove_member(step, group, std::string(id));
    members_left(step, group);
}

}  // namespace barnabas
