#pragma once

#include <optional>
#include <vector>

#include "common/clock.h"
#include "model/ids.h"

namespace barnabas {

/// What the leader of one partition knows about its replicas: who keeps up, and up to which offset a record counts as
/// committed.
///
/// Decides, and does nothing: the owner reports appends and follower fetches, asks `change()` whether the in-sync set
/// should change, and proposes that change to the controller. The set that counts is the one the controller confirmed
/// (`confirmed()`); until then the *larger* of the two sets bounds the high watermark, so that neither answer can lose
/// a committed record.
///
/// Not thread-safe: the partition's mutex guards it. Terms and rules: Kafka's replication design, KIP-497.
class IsrState {
public:
    struct Options {
        /// `replica.lag.time.max.ms`: how long a replica may stay short of the leader's end
        std::chrono::milliseconds max_lag;
    };

    /// A proposed in-sync set, sorted by id, that differs from the confirmed one.
    struct Change {
        std::vector<NodeId> in_sync;
    };

    /// `replicas` and `in_sync` come from the metadata image and include `self`; followers count as caught up at `now`,
    /// so that a new leader gives everyone one full `max_lag`.
    IsrState(
        Options options, NodeId self, const std::vector<NodeId>& replicas, std::vector<NodeId> in_sync, Offset log_end,
        Instant now
    );

    /// The leader's log now ends at `log_end`.
    void appended(Offset log_end, Instant now);

    /// `follower` asked for records from `fetch_offset`, so it holds everything below. Unknown followers are ignored: a
    /// reassignment may have removed them.
    void fetched(NodeId follower, Offset fetch_offset, Instant now);

    /// The controller recorded this in-sync set; a proposal that is still open is withdrawn.
    void confirmed(std::vector<NodeId> in_sync);

    /// The change to propose at `now`, or nothing. It stays open, and is not proposed again, until `confirmed()` or
    /// `rejected()`.
    [[nodiscard]] std::optional<Change> change(Instant now);
    void rejected() { proposed_.clear(); }

    /// Every offset below is held by all replicas that count. Never goes back.
    [[nodiscard]] Offset high_watermark() const { return high_watermark_; }

    [[nodiscard]] const std::vector<NodeId>& in_sync() const { return confirmed_; }
    /// Replicas that the partition should have, the leader included.
    [[nodiscard]] std::size_t replica_count() const { return followers_.size() + 1; }
    [[nodiscard]] bool has_follower(NodeId id) const;

private:
    struct Replica {
        NodeId id;
        Offset log_end;     ///< what the follower is known to hold
        Instant caught_up;  ///< when it last held everything that the leader had
        Offset target;      ///< the leader's end when the follower last fetched: reaching it counts as caught up then
        Instant target_seen;
    };

    [[nodiscard]] bool counts(NodeId id) const;
    [[nodiscard]] bool keeps_up(const Replica& replica, Instant now) const;
    void advance();

    Options options_;
    NodeId self_;
    Offset log_end_;
    Offset high_watermark_{0};
    std::vector<Replica> followers_;
    std::vector<NodeId> confirmed_;
    std::vector<NodeId> proposed_;  ///< empty when no proposal is open
};

}  // namespace barnabas
