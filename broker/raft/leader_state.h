#pragma once

#include <map>
#include <set>
#include <vector>

#include "common/clock.h"
#include "raft/quorum_info.h"

namespace barnabas {

/// What the leader of the quorum knows of the replicas: how far each has come, and who has been heard of. Decides how
/// far the high watermark may go and whether a majority still follows. A value without time of its own.
class LeaderState {
public:
    struct Options {
        ReplicaKey self;
        std::chrono::milliseconds fetch_timeout;  ///< `controller.quorum.fetch.timeout.ms`
    };

    /// Leads from `epoch_start` on, where its first record stands.
    LeaderState(Options options, const VoterSet& voters, Offset epoch_start, Instant now);

    void set_voters(const VoterSet& voters, Instant now);

    /// `replica` holds everything below `end`, and this log ends at `log_end`.
    void fetched(const ReplicaKey& replica, Offset end, Offset log_end, Instant now, Timestamp timestamp);
    /// The voter knows that this node leads.
    void acknowledged(NodeId voter, Instant now);

    /// Everything below is on a majority of the voters. Nothing until that is true of a record of the own epoch: what
    /// earlier leaders left may still be replaced (Raft, 5.4.2).
    [[nodiscard]] std::optional<Offset> high_watermark(Offset log_end) const;

    /// Until when the leader may go on without word from more voters; Instant::max() for the only voter.
    [[nodiscard]] Instant quorum_deadline() const;

    /// Voters that should be told who leads: nothing was heard of them for half a fetch timeout.
    [[nodiscard]] std::vector<ReplicaKey> silent(Instant now) const;
    /// When `silent` will name the voter, if nothing is heard of it.
    [[nodiscard]] Instant silent_at(NodeId voter) const;

    /// The other voters, the most complete log first.
    [[nodiscard]] std::vector<ReplicaKey> successors() const;

    [[nodiscard]] Offset epoch_start() const { return epoch_start_; }

    /// Fills the lists of `info`.
    void describe(QuorumInfo& info, Offset log_end, Timestamp now) const;

private:
    struct Replica {
        ReplicaKey key;
        Offset end = no_offset;
        Instant contact;            ///< its last fetch, or when this node began to count on it
        Instant told;               ///< when it last showed that it knows who leads; long ago at first
        Offset target = no_offset;  ///< the log's end when it last fetched: reaching it is being caught up
        Timestamp last_fetch = no_timestamp;
        Timestamp last_caught_up = no_timestamp;
    };

    [[nodiscard]] bool self_votes() const { return voter_set_.contains(options_.self); }
    [[nodiscard]] std::chrono::milliseconds silence() const { return options_.fetch_timeout / 2; }
    [[nodiscard]] static Replica unheard(const ReplicaKey& key, Instant now) {
        return {key, no_offset, now, now - std::chrono::hours(1), no_offset, no_timestamp, no_timestamp};
    }
    Replica& replica(const ReplicaKey& key, Instant now);

    Options options_;
    VoterSet voter_set_;
    Offset epoch_start_;
    std::map<NodeId, Replica> voters_;         ///< others than this node
    std::map<ReplicaKey, Replica> observers_;  ///< forgotten when they stay away
};

}  // namespace barnabas
