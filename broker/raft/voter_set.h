#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "protocol/client_data.h"
#include "raft/replica_key.h"

namespace barnabas {

/// Where a voter listens.
struct VoterEndpoint {
    std::string listener;
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const VoterEndpoint&) const = default;
};

struct Voter {
    ReplicaKey key;
    std::vector<VoterEndpoint> endpoints;
    std::int16_t least_kraft_version = 0;
    std::int16_t greatest_kraft_version = 0;
    bool operator==(const Voter&) const = default;
};

/// Who votes in the quorum, by node id. A value.
class VoterSet {
public:
    VoterSet() = default;
    explicit VoterSet(std::vector<Voter> voters);

    /// Of a record in the log. Errors: corrupt_message when two voters share an id.
    static Expected<VoterSet> from_record(const VotersRecord& record);
    [[nodiscard]] VotersRecord record() const;

    /// Of `controller.quorum.voters`, "1@host:9093,2@host:9093". Errors: invalid_config.
    static Expected<VoterSet> from_static(const std::vector<std::string>& voters, const std::string& listener);

    [[nodiscard]] const std::map<NodeId, Voter>& voters() const { return voters_; }
    [[nodiscard]] std::size_t size() const { return voters_.size(); }
    [[nodiscard]] bool empty() const { return voters_.empty(); }
    [[nodiscard]] bool contains(NodeId id) const { return voters_.contains(id); }
    /// Whether the replica votes: its node is in the set, and not with another directory.
    [[nodiscard]] bool contains(const ReplicaKey& key) const;
    [[nodiscard]] bool only(const ReplicaKey& key) const { return size() == 1 && contains(key); }
    /// How many voters decide.
    [[nodiscard]] std::size_t majority() const { return size() / 2 + 1; }
    /// Nothing when the node is no voter.
    [[nodiscard]] std::optional<ReplicaKey> key_of(NodeId id) const;

    /// The set with the voter of this id replaced.
    [[nodiscard]] VoterSet with(const Voter& voter) const;

    bool operator==(const VoterSet&) const = default;

private:
    std::map<NodeId, Voter> voters_;
};

}  // namespace barnabas
