#include <fmt/format.h>

#include <algorithm>

#include "group/group_shard.h"

namespace barnabas {

namespace {

using Described = DescribeGroupsResponse::DescribedGroup;

/// From this version of DescribeGroups on, a group that does not exist is an error and not a dead group (KIP-1043).
constexpr std::int16_t tells_missing = 6;

bool same_letters(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(left, right, {}, lower, lower);
}

bool passes(std::span<const std::string_view> filter, std::string_view value) {
    return filter.empty() ||
           std::ranges::any_of(filter, [&](std::string_view one) { return same_letters(one, value); });
}

ListGroupsResponse::ListedGroup listed(const std::string& id, const Group& group) {
    ListGroupsResponse::ListedGroup out;
    out.group_id = id;
    if (const auto* classic = std::get_if<ClassicGroup>(&group)) {
        out.protocol_type = classic->protocol_type().value_or("");
        out.group_state = name(classic->state());
        out.group_type = name(GroupType::classic);
    } else {
        const auto& other = std::get<OtherGroup>(group);
        out.protocol_type = other.type == GroupType::consumer ? "consumer" : name(other.type);
        out.group_state = other.members.empty() ? "Empty" : "Unknown";
        out.group_type = name(other.type);
    }
    return out;
}

void describe_members(const ClassicGroup& group, Described& out) {
    const bool stable = group.is(ClassicState::stable);
    if (stable) {
        out.protocol_data = group.protocol().value_or("");
    }
    for (const auto& [id, member] : group.members()) {
        auto& one = out.members.emplace_back();
        one.member_id = id;
        one.group_instance_id = member.instance_id;
        one.client_id = member.client_id;
        one.client_host = member.client_host;
        if (stable) {
            one.member_metadata = copy(member.metadata(out.protocol_data));
        }
        one.member_assignment = member.assignment;
    }
}

}  // namespace

std::vector<ListGroupsResponse::ListedGroup> GroupShard::list(const GroupFilter& filter) const {
    std::vector<ListGroupsResponse::ListedGroup> groups;
    for (const auto& [id, group] : groups_.by_id()) {
        auto one = listed(id, group);
        if (passes(filter.states, one.group_state) && passes(filter.types, one.group_type)) {
            groups.push_back(std::move(one));
        }
    }
    return groups;
}

Described GroupShard::describe(std::string_view group_id, std::int16_t version) const {
    Described out;
    out.group_id = group_id;
    const Group* known = groups_.find(group_id);
    const auto* group = known ? std::get_if<ClassicGroup>(known) : nullptr;
    if (!group) {
        out.group_state = "Dead";
        if (version >= tells_missing) {
            out.error_code = ErrorCode::group_id_not_found;
            out.error_message = known ? fmt::format("Group {} is not a classic group.", group_id)
                                      : fmt::format("Group {} not found.", group_id);
        }
        return out;
    }
    out.group_state = name(group->state());
    out.protocol_type = group->protocol_type().value_or("");
    describe_members(*group, out);
    return out;
}

}  // namespace barnabas
