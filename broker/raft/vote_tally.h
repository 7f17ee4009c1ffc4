#pragma once

#include <set>
#include <vector>

#include "raft/voter_set.h"

namespace barnabas {

/// Counts the answers of one election or pre-vote. A value.
class VoteTally {
public:
    /// `self`, where it votes, has granted already.
    VoteTally(const VoterSet& voters, NodeId self) : voters_(voters) { granted(self); }

    void granted(NodeId voter) {
        if (voters_.contains(voter) && !rejected_.contains(voter)) {
            granted_.insert(voter);
        }
    }
    void rejected(NodeId voter) {
        if (voters_.contains(voter) && !granted_.contains(voter)) {
            rejected_.insert(voter);
        }
    }

    [[nodiscard]] bool won() const { return granted_.size() >= voters_.majority(); }
    /// A majority is out of reach.
    [[nodiscard]] bool lost() const { return voters_.size() - rejected_.size() < voters_.majority(); }
    [[nodiscard]] const std::set<NodeId>& granting() const { return granted_; }

    /// Voters that have not answered.
    [[nodiscard]] std::vector<ReplicaKey> open() const {
        std::vector<ReplicaKey> keys;
        for (const auto& [id, voter] : voters_.voters()) {
            if (!granted_.contains(id) && !rejected_.contains(id)) {
                keys.push_back(voter.key);
            }
        }
        return keys;
    }

private:
    VoterSet voters_;
    std::set<NodeId> granted_, rejected_;
};

}  // namespace barnabas
