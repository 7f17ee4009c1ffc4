#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "group/effects.h"

namespace barnabas {

enum class ClassicState : std::uint8_t { empty, preparing_rebalance, completing_rebalance, stable };

/// Kafka's spelling: "PreparingRebalance".
[[nodiscard]] std::string_view name(ClassicState state);

/// A protocol that a member knows, with what the member says about itself in it.
struct GroupProtocol {
    std::string name;
    Bytes metadata;
    bool operator==(const GroupProtocol&) const = default;
};

struct ClassicMember {
    std::string id;
    std::optional<std::string> instance_id;  ///< of a static member
    std::string client_id;
    std::string client_host;
    std::chrono::milliseconds rebalance_timeout{};
    std::chrono::milliseconds session_timeout{};
    std::vector<GroupProtocol> protocols;  ///< the preferred one first
    Bytes assignment;

    bool is_new = false;  ///< joined in this rebalance: cannot send heartbeats yet
    std::optional<Ticket> awaits_join;
    std::optional<Ticket> awaits_sync;
    Instant session_end = Instant::max();
    Instant alarm = Instant::max();  ///< for which the session's end is looked at next

    /// Empty when the member does not know the protocol.
    [[nodiscard]] BytesView metadata(std::string_view protocol) const;
    [[nodiscard]] bool supports(std::string_view protocol) const;
};

/// The members of one classic group, the state of its rebalance, and what they have agreed on.
///
/// Only keeps the books: when what happens, and who is told, is decided in ClassicProtocol.
class ClassicGroup {
public:
    ClassicGroup(std::string id, Timestamp now) : id_(std::move(id)), state_since_(now) {}
    /// As the log tells it: stable if it has members, else empty.
    ClassicGroup(std::string id, const GroupMetadataValue& stored);

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] ClassicState state() const { return state_; }
    [[nodiscard]] bool is(ClassicState state) const { return state_ == state; }
    [[nodiscard]] ClassicState previous_state() const { return previous_state_; }
    void move_to(ClassicState state, Timestamp now);
    /// Nothing where an old Kafka wrote no time.
    [[nodiscard]] std::optional<Timestamp> state_since() const { return state_since_; }

    [[nodiscard]] std::int32_t generation() const { return generation_; }
    [[nodiscard]] const std::optional<std::string>& protocol_type() const { return protocol_type_; }
    [[nodiscard]] const std::optional<std::string>& protocol() const { return protocol_; }
    [[nodiscard]] const std::optional<std::string>& leader() const { return leader_; }
    [[nodiscard]] bool is_leader(std::string_view member) const { return leader_ && *leader_ == member; }

    using Members = std::map<std::string, ClassicMember, std::less<>>;
    [[nodiscard]] const Members& members() const { return members_; }
    [[nodiscard]] bool has(std::string_view member) const { return members_.contains(member); }
    /// Null when there is no such member.
    [[nodiscard]] ClassicMember* find(std::string_view member);
    [[nodiscard]] const std::string* static_member(std::string_view instance_id) const;
    /// The first member decides the group's protocol type.
    void add(ClassicMember member, std::string_view protocol_type);
    void remove(std::string_view member);
    /// The static member goes on under another id; it waits for nothing any more.
    ClassicMember& rename(const std::string& instance_id, const std::string& new_id);
    void set_protocols(ClassicMember& member, std::vector<GroupProtocol> protocols);

    void set_awaits_join(ClassicMember& member, Ticket ticket);
    /// The ticket of a member that waits for the rebalance, which then waits no longer.
    [[nodiscard]] std::optional<Ticket> take_join(ClassicMember& member);
    [[nodiscard]] std::size_t awaiting_join() const { return awaiting_join_; }

    /// Members that were given an id, and have not joined with it yet: until when they may.
    std::map<std::string, Instant, std::less<>> pending_members;
    /// Members that the generation's SyncGroup is still due from.
    std::set<std::string, std::less<>> pending_sync;

    [[nodiscard]] bool all_joined() const { return members_.size() == awaiting_join_ && pending_members.empty(); }
    /// Whether a member of this type with these protocols leaves the group one that all have in common.
    [[nodiscard]] bool accepts(std::string_view type, const std::vector<GroupProtocol>& protocols) const;
    /// The protocol that most members prefer among those that all have. The group must have members.
    [[nodiscard]] std::string elect_protocol() const;
    /// Makes a member leader that has joined, if the leader has not. False when nobody has.
    bool elect_joined_leader();
    void next_generation(Timestamp now);
    [[nodiscard]] std::chrono::milliseconds rebalance_timeout() const;

    [[nodiscard]] bool uses_consumer_protocol() const { return protocol_type_ == "consumer"; }
    /// Nothing when the members do not say, or in words that we do not understand.
    [[nodiscard]] const std::optional<std::set<std::string, std::less<>>>& subscribed_topics() const {
        return subscribed_topics_;
    }
    [[nodiscard]] bool is_subscribed_to(std::string_view topic) const;

    /// unknown_member_id or fenced_instance_id when such a member may not act for the group.
    [[nodiscard]] ErrorCode check_member(std::string_view member, std::optional<std::string_view> instance_id) const;

    // The rebalance's deadlines, and how its initial delay goes on.
    Instant join_end = Instant::max();
    Instant sync_end = Instant::max();
    std::optional<std::chrono::milliseconds> initial_delay_left;  ///< set while the initial delay runs
    bool member_added_in_delay = false;

    /// With the members' assignments that are given, as the log keeps it.
    [[nodiscard]] GroupMetadataValue stored(const std::map<std::string, Bytes, std::less<>>& assignments) const;

private:
    void count_protocols(const ClassicMember& member, std::int32_t change);
    [[nodiscard]] std::optional<std::set<std::string, std::less<>>> find_subscribed_topics() const;

    std::string id_;
    ClassicState state_ = ClassicState::empty;
    ClassicState previous_state_ = ClassicState::empty;
    std::optional<Timestamp> state_since_;
    std::int32_t generation_ = 0;
    std::optional<std::string> protocol_type_;
    std::optional<std::string> protocol_;
    std::optional<std::string> leader_;
    Members members_;
    std::map<std::string, std::string, std::less<>> static_members_;  ///< member id by instance id
    std::map<std::string, std::int32_t, std::less<>> supporters_;     ///< members by protocol
    std::size_t awaiting_join_ = 0;
    std::optional<std::set<std::string, std::less<>>> subscribed_topics_;
};

}  // namespace barnabas
