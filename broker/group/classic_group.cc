#include "group/classic_group.h"

#include <algorithm>
#include <utility>

#include "common/check.h"
#include "group/subscription.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;

std::int32_t to_int(milliseconds time) {
    return static_cast<std::int32_t>(time.count());
}

ClassicMember member_of(const GroupMetadataValue::MemberMetadata& stored, const std::string& protocol) {
    ClassicMember member;
    member.id = stored.member_id;
    member.instance_id = stored.group_instance_id;
    member.client_id = stored.client_id;
    member.client_host = stored.client_host;
    member.session_timeout = milliseconds(stored.session_timeout);
    member.rebalance_timeout =
        milliseconds(stored.rebalance_timeout == -1 ? stored.session_timeout : stored.rebalance_timeout);
    member.protocols = {{protocol, stored.subscription}};
    member.assignment = stored.assignment;
    return member;
}

}  // namespace

std::string_view name(ClassicState state) {
    switch (state) {
        case ClassicState::empty:
            return "Empty";
        case ClassicState::preparing_rebalance:
            return "PreparingRebalance";
        case ClassicState::completing_rebalance:
            return "CompletingRebalance";
        case ClassicState::stable:
            return "Stable";
    }
    return "Unknown";
}

BytesView ClassicMember::metadata(std::string_view protocol) const {
    const auto found = std::ranges::find(protocols, protocol, &GroupProtocol::name);
    return found == protocols.end() ? BytesView() : BytesView(found->metadata);
}

bool ClassicMember::supports(std::string_view protocol) const {
    return std::ranges::find(protocols, protocol, &GroupProtocol::name) != protocols.end();
}

ClassicGroup::ClassicGroup(std::string id, const GroupMetadataValue& stored)
    : id_(std::move(id)), generation_(stored.generation), protocol_(stored.protocol), leader_(stored.leader) {
    for (const auto& member : stored.members) {
        if (!has(member.member_id)) {
            add(member_of(member, stored.protocol.value_or("")), stored.protocol_type);
        }
    }
    leader_ = stored.leader;
    protocol_type_ = stored.protocol_type.empty() ? std::nullopt : std::optional(stored.protocol_type);
    if (stored.current_state_timestamp != -1) {
        state_since_ = Timestamp(milliseconds(stored.current_state_timestamp));
    }
    state_ = previous_state_ = members_.empty() ? ClassicState::empty : ClassicState::stable;
    subscribed_topics_ = find_subscribed_topics();
}

void ClassicGroup::move_to(ClassicState state, Timestamp now) {
    previous_state_ = state_;
    state_ = state;
    state_since_ = now;
}

ClassicMember* ClassicGroup::find(std::string_view member) {
    const auto found = members_.find(member);
    return found == members_.end() ? nullptr : &found->second;
}

const std::string* ClassicGroup::static_member(std::string_view instance_id) const {
    const auto found = static_members_.find(instance_id);
    return found == static_members_.end() ? nullptr : &found->second;
}

void ClassicGroup::add(ClassicMember member, std::string_view protocol_type) {
    if (members_.empty()) {
        protocol_type_ = protocol_type;
    }
    if (!leader_) {
        leader_ = member.id;
    }
    if (member.instance_id) {
        static_members_[*member.instance_id] = member.id;
    }
    pending_members.erase(member.id);
    count_protocols(member, 1);
    awaiting_join_ += member.awaits_join ? 1 : 0;
    std::string id = member.id;
    const bool added = members_.try_emplace(std::move(id), std::move(member)).second;
    CHECK(added);
}

void ClassicGroup::remove(std::string_view member) {
    const auto found = members_.find(member);
    if (found != members_.end()) {
        count_protocols(found->second, -1);
        awaiting_join_ -= found->second.awaits_join ? 1 : 0;
        if (const auto& instance = found->second.instance_id; instance && static_members_[*instance] == member) {
            static_members_.erase(*instance);
        }
    }
    if (const auto pending = pending_members.find(member); pending != pending_members.end()) {
        pending_members.erase(pending);
    }
    if (const auto pending = pending_sync.find(member); pending != pending_sync.end()) {
        pending_sync.erase(pending);
    }
    const bool led = is_leader(member);
    if (found != members_.end()) {
        members_.erase(found);
    }
    if (led) {
        leader_ = members_.empty() ? std::nullopt : std::optional(members_.begin()->first);
    }
}

ClassicMember& ClassicGroup::rename(const std::string& instance_id, const std::string& new_id) {
    const auto old = static_members_.find(instance_id);
    CHECK(old != static_members_.end());
    auto node = members_.extract(old->second);
    CHECK(!node.empty());
    if (is_leader(old->second)) {
        leader_ = new_id;
    }
    if (pending_sync.erase(old->second) != 0) {
        pending_sync.insert(new_id);
    }
    awaiting_join_ -= node.mapped().awaits_join ? 1 : 0;
    node.mapped().awaits_join.reset();
    node.mapped().awaits_sync.reset();
    node.mapped().alarm = Instant::max();  // the old one rings for the old id
    old->second = new_id;
    node.key() = new_id;
    node.mapped().id = new_id;
    return members_.insert(std::move(node)).position->second;
}

void ClassicGroup::set_protocols(ClassicMember& member, std::vector<GroupProtocol> protocols) {
    count_protocols(member, -1);
    member.protocols = std::move(protocols);
    count_protocols(member, 1);
}

void ClassicGroup::set_awaits_join(ClassicMember& member, Ticket ticket) {
    awaiting_join_ += member.awaits_join ? 0 : 1;
    member.awaits_join = ticket;
}

std::optional<Ticket> ClassicGroup::take_join(ClassicMember& member) {
    awaiting_join_ -= member.awaits_join ? 1 : 0;
    return std::exchange(member.awaits_join, std::nullopt);
}

bool ClassicGroup::accepts(std::string_view type, const std::vector<GroupProtocol>& protocols) const {
    if (state_ == ClassicState::empty) {
        return !type.empty() && !protocols.empty();
    }
    return protocol_type_ && *protocol_type_ == type && std::ranges::any_of(protocols, [&](const GroupProtocol& one) {
               const auto found = supporters_.find(one.name);
               return (found == supporters_.end() ? 0 : found->second) == std::ssize(members_);
           });
}

std::string ClassicGroup::elect_protocol() const {
    CHECK(!members_.empty());
    std::map<std::string_view, int> votes;
    for (const auto& [id, member] : members_) {
        const auto vote = std::ranges::find_if(member.protocols, [&](const GroupProtocol& protocol) {
            const auto found = supporters_.find(protocol.name);
            return found != supporters_.end() && found->second == std::ssize(members_);
        });
        if (vote != member.protocols.end()) {
            ++votes[vote->name];
        }
    }
    CHECK(!votes.empty());  // accepts() sees to it
    return std::string(std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; })->first);
}

bool ClassicGroup::elect_joined_leader() {
    if (!leader_) {
        return false;
    }
    if (const auto leader = members_.find(*leader_); leader != members_.end() && leader->second.awaits_join) {
        return true;
    }
    const auto joined =
        std::ranges::find_if(members_, [](const auto& member) { return member.second.awaits_join.has_value(); });
    if (joined == members_.end()) {
        return false;
    }
    leader_ = joined->first;
    return true;
}

void ClassicGroup::next_generation(Timestamp now) {
    ++generation_;
    protocol_ = members_.empty() ? std::nullopt : std::optional(elect_protocol());
    subscribed_topics_ = find_subscribed_topics();
    move_to(members_.empty() ? ClassicState::empty : ClassicState::completing_rebalance, now);
    pending_sync.clear();
}

milliseconds ClassicGroup::rebalance_timeout() const {
    milliseconds longest{0};
    for (const auto& [id, member] : members_) {
        longest = std::max(longest, member.rebalance_timeout);
    }
    return longest;
}

bool ClassicGroup::is_subscribed_to(std::string_view topic) const {
    return subscribed_topics_ ? subscribed_topics_->contains(topic) : uses_consumer_protocol();
}

ErrorCode ClassicGroup::check_member(std::string_view member, std::optional<std::string_view> instance_id) const {
    if (instance_id) {
        const std::string* known = static_member(*instance_id);
        if (!known) {
            return ErrorCode::unknown_member_id;
        }
        if (*known != member) {
            return ErrorCode::fenced_instance_id;
        }
    }
    return has(member) ? ErrorCode::none : ErrorCode::unknown_member_id;
}

GroupMetadataValue ClassicGroup::stored(const std::map<std::string, Bytes, std::less<>>& assignments) const {
    GroupMetadataValue value;
    value.protocol_type = protocol_type_.value_or("");
    value.generation = generation_;
    value.protocol = protocol_;
    value.leader = leader_;
    value.current_state_timestamp = state_since_.value_or(no_timestamp).time_since_epoch().count();
    for (const auto& [id, member] : members_) {
        auto& out = value.members.emplace_back();
        out.member_id = id;
        out.group_instance_id = member.instance_id;
        out.client_id = member.client_id;
        out.client_host = member.client_host;
        out.rebalance_timeout = to_int(member.rebalance_timeout);
        out.session_timeout = to_int(member.session_timeout);
        out.subscription = copy(member.metadata(protocol_.value_or("")));
        const auto assignment = assignments.find(id);
        out.assignment = assignment == assignments.end() ? Bytes() : assignment->second;
    }
    return value;
}

void ClassicGroup::count_protocols(const ClassicMember& member, std::int32_t change) {
    for (const GroupProtocol& protocol : member.protocols) {
        const auto count = supporters_.try_emplace(protocol.name, 0).first;
        count->second += change;
        if (count->second == 0) {
            supporters_.erase(count);
        }
    }
}

std::optional<std::set<std::string, std::less<>>> ClassicGroup::find_subscribed_topics() const {
    if (!uses_consumer_protocol()) {
        return std::nullopt;
    }
    std::set<std::string, std::less<>> topics;
    for (const auto& [id, member] : members_) {
        auto subscribed = subscribed_topics_of(member.metadata(protocol_.value_or("")));
        if (!subscribed) {
            return std::nullopt;
        }
        topics.insert(subscribed->begin(), subscribed->end());
    }
    return topics;
}

}  // namespace barnabas
