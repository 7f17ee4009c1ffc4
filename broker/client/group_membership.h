#pragma once

#include "client/assignor.h"
#include "client/cluster_client.h"

namespace barnabas {

/// A member of a group in the classic protocol: joins, shares out partitions when it is the leader, and stays in by
/// heartbeats. Belongs to the loop of `cluster`, which must outlive it.
class GroupMembership {
public:
    enum class Assignor : std::uint8_t { range, round_robin };
    struct Options {
        std::string group;
        std::optional<std::string> instance_id;
        std::chrono::milliseconds session_timeout{45'000};
        std::chrono::milliseconds rebalance_timeout{300'000};
        std::chrono::milliseconds heartbeat_interval{3'000};
        std::vector<Assignor> assignors{Assignor::range, Assignor::round_robin};
    };

    GroupMembership(ClusterClient& cluster, Options options) : cluster_(cluster), options_(std::move(options)) {}

    /// Becomes a member of the next generation; returns with the partitions that it was given. Waits for the other
    /// members, up to `rebalance_timeout`. Errors: those that trying again does not mend.
    Task<Expected<std::vector<TopicPartition>>> join(std::vector<std::string> topics);

    /// False when the member must join again. Errors: those that trying again does not mend.
    Task<Expected<bool>> heartbeat();

    /// A dynamic member leaves; a static one stays until its session ends.
    Task<> leave();

    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] const std::string& member_id() const { return member_id_; }
    /// -1 outside of a generation.
    [[nodiscard]] std::int32_t generation() const { return generation_; }

private:
    struct Joined;
    Task<Expected<Joined>> join_once(const std::vector<std::string>& topics);
    Task<Expected<std::vector<TopicPartition>>> sync(Joined joined);
    Task<Expected<GroupAssignment>> share_out(const Joined& joined);
    /// Takes note of what the error says about this member.
    void learn(ErrorCode code);
    Task<bool> mends(Retry& retry, const Error& error);

    ClusterClient& cluster_;
    Options options_;
    std::string member_id_;
    std::int32_t generation_ = -1;
    std::vector<TopicPartition> owned_;
};

}  // namespace barnabas
