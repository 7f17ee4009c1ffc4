#include "common/check.h"
#include "group/classic_protocol.h"

namespace barnabas {

using std::chrono::milliseconds;

void ClassicProtocol::set_session_end(ClassicGroup& group, ClassicMember& member, Instant at) {
    // A heartbeat only moves the end: the alarm that is set looks again when it rings.
    member.session_end = at;
    if (at < member.alarm) {
        member.alarm = at;
        parts_.alarms.set(at, {Alarm::Kind::session, group.id(), member.id});
    }
}

void ClassicProtocol::set_join_end(ClassicGroup& group, Instant at) {
    group.join_end = at;
    parts_.alarms.set(at, {Alarm::Kind::join, group.id(), {}});
}

void ClassicProtocol::rebalance_or_complete(Step& step, ClassicGroup& group) {
    if (group.is(ClassicState::preparing_rebalance)) {
        complete_join_if_all_joined(step, group);
    } else {
        prepare_rebalance(step, group);
    }
}

void ClassicProtocol::prepare_rebalance(Step& step, ClassicGroup& group) {
    if (group.is(ClassicState::completing_rebalance)) {
        forget_assignments(step, group, ErrorCode::rebalance_in_progress);
    }
    group.sync_end = Instant::max();
    if (group.is(ClassicState::empty)) {
        // Members of a new group tend to come together.
        const milliseconds delay = parts_.options.initial_rebalance_delay;
        group.initial_delay_left = std::max(group.rebalance_timeout() - delay, milliseconds(0));
        group.member_added_in_delay = false;
        group.move_to(ClassicState::preparing_rebalance, step.now.timestamp);
        set_join_end(group, step.now.instant + delay);
        return;
    }
    group.move_to(ClassicState::preparing_rebalance, step.now.timestamp);
    if (group.all_joined()) {
        complete_join(step, group);
    } else {
        set_join_end(group, step.now.instant + group.rebalance_timeout());
    }
}

void ClassicProtocol::complete_join_if_all_joined(Step& step, ClassicGroup& group) {
    if (group.is(ClassicState::preparing_rebalance) && !group.initial_delay_left && group.all_joined()) {
        complete_join(step, group);
    }
}

void ClassicProtocol::initial_delay_over(Step& step, ClassicGroup& group) {
    const milliseconds left = *group.initial_delay_left;
    if (group.member_added_in_delay && left > milliseconds(0)) {
        const milliseconds delay = std::min(parts_.options.initial_rebalance_delay, left);
        group.member_added_in_delay = false;
        group.initial_delay_left = left - delay;
        set_join_end(group, step.now.instant + delay);
    } else {
        complete_join(step, group);
    }
}

void ClassicProtocol::complete_join(Step& step, ClassicGroup& group) {
    group.join_end = Instant::max();
    group.initial_delay_left.reset();
    for (auto next = group.members().begin(); next != group.members().end();) {
        const ClassicMember& member = (next++)->second;
        if (!member.awaits_join && !member.instance_id) {
            group.remove(std::string(member.id));
        }
    }
    if (!group.members().empty() && !group.elect_joined_leader()) {
        // Only static members are left, and none is back: their sessions decide.
        return set_join_end(group, step.now.instant + group.rebalance_timeout());
    }
    group.next_generation(step.now.timestamp);
    if (group.is(ClassicState::empty)) {
        parts_.writes.begin(step.effects, {ClassicGroupRecord{group.id(), group.stored({})}});
        return;
    }
    for (const auto& [id, unused] : group.members()) {
        ClassicMember& member = *group.find(id);
        if (const auto ticket = group.take_join(member)) {
            step.answer(*ticket, joined_with_members(group, id));
        }
        member.is_new = false;
        set_session_end(group, member, step.now.instant + member.session_timeout);
        group.pending_sync.insert(id);
    }
    group.sync_end = step.now.instant + group.rebalance_timeout();
    parts_.alarms.set(group.sync_end, {Alarm::Kind::sync, group.id(), {}});
}

void ClassicProtocol::members_late_to_sync(Step& step, ClassicGroup& group) {
    group.sync_end = Instant::max();
    const bool waits = group.is(ClassicState::completing_rebalance) || group.is(ClassicState::stable);
    if (!waits || group.pending_sync.empty()) {
        return;
    }
    while (!group.pending_sync.empty()) {
        group.remove(std::string(*group.pending_sync.begin()));
    }
    prepare_rebalance(step, group);
}

void ClassicProtocol::take_over(Step& step, ClassicGroup& group) {
    for (const auto& [id, unused] : group.members()) {
        ClassicMember& member = *group.find(id);
        set_session_end(group, member, step.now.instant + member.session_timeout);
    }
    if (group.members().size() > static_cast<std::size_t>(parts_.options.max_size)) {
        prepare_rebalance(step, group);  // who returns last finds no room
    }
}

void ClassicProtocol::expire(Step& step, const Alarms::Due& due) {
    ClassicGroup* group = parts_.groups.classic(due.alarm.group_id);
    if (!group) {
        return;
    }
    switch (due.alarm.kind) {
        case Alarm::Kind::session:
            return session_over(step, *group, due);
        case Alarm::Kind::join:
            if (group->is(ClassicState::preparing_rebalance) && group->join_end <= step.now.instant) {
                return group->initial_delay_left ? initial_delay_over(step, *group) : complete_join(step, *group);
            }
            return;
        case Alarm::Kind::sync:
            if (group->sync_end <= step.now.instant) {
                members_late_to_sync(step, *group);
            }
    }
}

}  // namespace barnabas
