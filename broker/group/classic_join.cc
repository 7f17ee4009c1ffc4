#include <fmt/format.h>

#include <algorithm>

#include "common/check.h"
#include "group/classic_protocol.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;

/// From this version of JoinGroup on, a member joins with an id that it was given before (KIP-394).
constexpr std::int16_t requires_member_id = 4;
/// From this version on, a client understands `skip_assignment` (KIP-814).
constexpr std::int16_t may_skip_assignment = 9;

/// In the member's order; of several with one name, the first.
std::vector<GroupProtocol> protocols_of(const JoinGroupRequest& request) {
    std::vector<GroupProtocol> protocols;
    for (const auto& protocol : request.protocols) {
        if (std::ranges::find(protocols, protocol.name, &GroupProtocol::name) == protocols.end()) {
            protocols.push_back({std::string(protocol.name), copy(protocol.metadata)});
        }
    }
    return protocols;
}

milliseconds rebalance_timeout(const GroupCaller& caller, const JoinGroupRequest& request) {
    return milliseconds(caller.version == 0 ? request.session_timeout_ms : request.rebalance_timeout_ms);
}

/// Java's spelling of a UUID.
std::string hyphenated(const Uuid& uuid) {
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", uuid.high >> 32, (uuid.high >> 16) & 0xffff, uuid.high & 0xffff,
        uuid.low >> 48, uuid.low & 0xffffffffffff
    );
}

}  // namespace

JoinGroupResponse joined(const ClassicGroup& group, std::string_view member) {
    JoinGroupResponse response;
    response.generation_id = group.generation();
    response.protocol_type = group.protocol_type();
    response.protocol_name = group.protocol();
    response.leader = group.leader().value_or("");
    response.member_id = member;
    return response;
}

namespace {

void list_members(const ClassicGroup& group, JoinGroupResponse& response) {
    for (const auto& [id, member] : group.members()) {
        auto& out = response.members.emplace_back();
        out.member_id = id;
        out.group_instance_id = member.instance_id;
        out.metadata = copy(member.metadata(group.protocol().value_or("")));
    }
}

}  // namespace

JoinGroupResponse joined_with_members(const ClassicGroup& group, std::string_view member) {
    JoinGroupResponse response = joined(group, member);
    if (group.is_leader(member)) {
        list_members(group, response);
    }
    return response;
}

JoinGroupResponse join_refused(ErrorCode code, std::string_view member) {
    JoinGroupResponse response;
    response.error_code = code;
    response.member_id = member;
    response.protocol_name.reset();
    return response;
}

void ClassicProtocol::join(Step& step, Ticket ticket, const GroupCaller& caller, const JoinGroupRequest& request) {
    const auto refuse = [&](ErrorCode code) { step.answer(ticket, join_refused(code, request.member_id)); };
    if (request.group_id.empty()) {
        return refuse(ErrorCode::invalid_group_id);
    }
    const milliseconds session(request.session_timeout_ms);
    if (session < parts_.options.min_session_timeout || session > parts_.options.max_session_timeout) {
        return refuse(ErrorCode::invalid_session_timeout);
    }
    const Group* known = parts_.groups.find(request.group_id);
    if (known && std::holds_alternative<OtherGroup>(*known)) {
        return step.answer(ticket, join_refused(ErrorCode::inconsistent_group_protocol, {}));
    }
    if (!known && !request.member_id.empty()) {
        return refuse(ErrorCode::unknown_member_id);
    }
    Join join{step, ticket, caller, request, protocols_of(request)};
    if (known) {
        return join_group(join, *parts_.groups.classic(request.group_id));
    }
    ClassicGroup& group = parts_.groups.put(ClassicGroup(std::string(request.group_id), step.now.timestamp));
    ClassicGroupRecord record{group.id(), group.stored({})};
    join_group(join, group);
    const WriteId write = parts_.writes.begin(step.effects, {std::move(record)});
    parts_.writes.after(write, NewGroupWrite{group.id()});
}

void ClassicProtocol::join_group(Join& join, ClassicGroup& group) {
    if (!has_room(group, join.request.member_id)) {
        group.remove(join.request.member_id);
        return join.step.answer(join.ticket, join_refused(ErrorCode::group_max_size_reached, {}));
    }
    if (!group.accepts(join.request.protocol_type, join.protocols)) {
        return join.step.answer(
            join.ticket, join_refused(ErrorCode::inconsistent_group_protocol, join.request.member_id)
        );
    }
    if (join.request.member_id.empty()) {
        join_new(join, group);
    } else {
        join_again(join, group);
    }
}

bool ClassicProtocol::has_room(const ClassicGroup& group, std::string_view member) const {
    const auto most = static_cast<std::size_t>(parts_.options.max_size);
    const auto found = group.members().find(member);
    const bool known = found != group.members().end();
    switch (group.state()) {
        case ClassicState::empty:
            return true;
        case ClassicState::preparing_rebalance:
            // Those who wait count, not all members: so a group that is too large loses whoever is last to return.
            return (known && found->second.awaits_join) || group.awaiting_join() < most;
        case ClassicState::completing_rebalance:
        case ClassicState::stable:
            return known || group.members().size() < most;
    }
    return false;
}

std::string ClassicProtocol::make_member_id(const Join& join) {
    const std::string_view who =
        join.request.group_instance_id ? *join.request.group_instance_id : join.caller.client_id;
    return fmt::format("{}-{}", who, hyphenated(parts_.random.uuid()));
}

void ClassicProtocol::join_new(Join& join, ClassicGroup& group) {
    std::string id = make_member_id(join);
    if (join.request.group_instance_id) {
        if (const std::string* old_id = group.static_member(*join.request.group_instance_id)) {
            return come_back(join, group, std::string(*old_id), id);
        }
        return add_member(join, group, std::move(id));
    }
    if (join.caller.version < requires_member_id) {
        return add_member(join, group, std::move(id));
    }
    const Instant end = join.step.now.instant + milliseconds(join.request.session_timeout_ms);
    group.pending_members[id] = end;
    parts_.alarms.set(end, {Alarm::Kind::session, group.id(), id});
    join.step.answer(join.ticket, join_refused(ErrorCode::member_id_required, id));
}

void ClassicProtocol::join_again(Join& join, ClassicGroup& group) {
    const std::string_view id = join.request.member_id;
    if (group.pending_members.contains(id) && !join.request.group_instance_id) {
        return add_member(join, group, std::string(id));
    }
    if (const ErrorCode code = group.check_member(id, join.request.group_instance_id); code != ErrorCode::none) {
        return join.step.answer(join.ticket, join_refused(code, id));
    }
    ClassicMember& member = *group.find(id);
    const bool same = member.protocols == join.protocols;
    const bool current =
        group.is(ClassicState::completing_rebalance) || (group.is(ClassicState::stable) && !group.is_leader(id));
    if (same && current) {
        // It may have missed the answer. In a stable group a leader that joins again asks for a new assignment.
        return join.step.answer(join.ticket, joined_with_members(group, id));
    }
    update_member(join, group, member);
}

void ClassicProtocol::apply_request(Join& join, ClassicGroup& group, ClassicMember& member) {
    if (const auto earlier = group.take_join(member)) {
        join.step.answer(
            *earlier, join_refused(ErrorCode::rebalance_in_progress, member.id)
        );  // its client has given up
    }
    group.set_protocols(member, std::move(join.protocols));
    member.rebalance_timeout = rebalance_timeout(join.caller, join.request);
    member.session_timeout = milliseconds(join.request.session_timeout_ms);
    group.set_awaits_join(member, join.ticket);
}

void ClassicProtocol::update_member(Join& join, ClassicGroup& group, ClassicMember& member) {
    apply_request(join, group, member);
    rebalance_or_complete(join.step, group);
}

void ClassicProtocol::add_member(Join& join, ClassicGroup& group, std::string id) {
    ClassicMember member;
    member.id = id;
    if (join.request.group_instance_id) {
        member.instance_id = std::string(*join.request.group_instance_id);
    }
    member.client_id = join.caller.client_id;
    member.client_host = join.caller.client_host;
    member.rebalance_timeout = rebalance_timeout(join.caller, join.request);
    member.session_timeout = milliseconds(join.request.session_timeout_ms);
    member.protocols = std::move(join.protocols);
    member.is_new = true;
    member.awaits_join = join.ticket;
    group.add(std::move(member), join.request.protocol_type);
    group.member_added_in_delay = group.initial_delay_left.has_value();
    // It cannot send heartbeats before it is answered, and its client may be gone without our knowing.
    set_session_end(group, *group.find(id), join.step.now.instant + parts_.options.new_member_join_timeout);
    rebalance_or_complete(join.step, group);
}

void ClassicProtocol::come_back(Join& join, ClassicGroup& group, const std::string& old_id, const std::string& new_id) {
    Step& step = join.step;
    const std::optional<std::string> old_leader = group.leader();
    ClassicMember& before = *group.find(old_id);
    if (const auto ticket = group.take_join(before)) {
        step.answer(*ticket, join_refused(ErrorCode::fenced_instance_id, old_id));
    }
    if (const auto ticket = std::exchange(before.awaits_sync, std::nullopt)) {
        step.answer(*ticket, sync_refused(ErrorCode::fenced_instance_id));
    }
    ClassicMember& member = group.rename(std::string(*join.request.group_instance_id), new_id);
    apply_request(join, group, member);
    set_session_end(group, member, step.now.instant + member.session_timeout);
    switch (group.state()) {
        case ClassicState::stable:
            if (group.protocol() == group.elect_protocol()) {
                std::map<std::string, Bytes, std::less<>> assignments;
                for (const auto& [id, one] : group.members()) {
                    assignments[id] = one.assignment;
                }
                const WriteId write =
                    parts_.writes.begin(step.effects, {ClassicGroupRecord{group.id(), group.stored(assignments)}});
                const bool skips = join.caller.version >= may_skip_assignment;
                return parts_.writes.after(write, ComebackWrite{group.id(), new_id, skips, old_leader});
            }
            return prepare_rebalance(step, group);
        case ClassicState::completing_rebalance:
            // The leader may be assigning to the old id already.
            return prepare_rebalance(step, group);
        case ClassicState::preparing_rebalance:
            return complete_join_if_all_joined(step, group);
        case ClassicState::empty:
            CHECK(false);
    }
}

void ClassicProtocol::committed(Step& step, const ComebackWrite& write) {
    ClassicGroup* group = parts_.groups.classic(write.group_id);
    ClassicMember* member = group ? group->find(write.member_id) : nullptr;
    const auto ticket = member ? group->take_join(*member) : std::nullopt;
    if (!ticket) {
        return;  // it came back once more, or a rebalance has answered it
    }
    set_session_end(*group, *member, step.now.instant + member->session_timeout);
    JoinGroupResponse response =
        write.may_skip_assignment ? joined_with_members(*group, member->id) : joined(*group, member->id);
    if (write.may_skip_assignment) {
        response.skip_assignment = group->is_leader(member->id);
    } else {
        // Told that it leads, an older client would assign anew, and the others would not ask for what it decides.
        response.leader = write.old_leader.value_or("");
    }
    step.answer(*ticket, std::move(response));
}

void ClassicProtocol::failed(Step& step, const ComebackWrite& write, ErrorCode code) {
    ClassicGroup* group = parts_.groups.classic(write.group_id);
    ClassicMember* member = group ? group->find(write.member_id) : nullptr;
    if (const auto ticket = member ? group->take_join(*member) : std::nullopt) {
        // The new id stays: nobody was told of it, and the member's next attempt replaces it.
        set_session_end(*group, *member, step.now.instant + member->session_timeout);
        JoinGroupResponse response = joined(*group, {});
        response.error_code = client_code(code);
        response.leader = write.old_leader.value_or("");
        step.answer(*ticket, std::move(response));
    }
}

void ClassicProtocol::committed(Step&, const NewGroupWrite&) {}

void ClassicProtocol::failed(Step& step, const NewGroupWrite& write, ErrorCode code) {
    ClassicGroup* group = parts_.groups.classic(write.group_id);
    if (!group || group->generation() > 0) {
        return;
    }
    while (!group->members().empty()) {
        ClassicMember& member = *group->find(group->members().begin()->first);
        if (const auto ticket = group->take_join(member)) {
            step.answer(*ticket, join_refused(client_code(code), {}));
        }
        group->remove(std::string(member.id));
    }
    parts_.groups.erase(write.group_id);
}

}  // namespace barnabas
