#pragma once

#include <map>
#include <optional>

#include "common/clock.h"
#include "raft/messages.h"

namespace barnabas {

/// Sees to it that each node has at most one request of ours open, that one that is not answered counts as failed after
/// `request_timeout`, and that a failed one is not repeated at once. A value.
class RequestTracker {
public:
    RequestTracker(std::chrono::milliseconds request_timeout, std::chrono::milliseconds backoff)
        : request_timeout_(request_timeout), backoff_(backoff) {}

    /// Whether a request may be sent to `node` now.
    [[nodiscard]] bool ready(NodeId node, Instant now) const { return ready_at(node) <= now; }
    /// When one may be sent: in the past for a node that nothing is open to.
    [[nodiscard]] Instant ready_at(NodeId node) const {
        const auto found = nodes_.find(node);
        return found == nodes_.end() ? Instant::min() : found->second.ready_at;
    }

    /// A request leaves. A fetch may wait at the leader for `wait` more.
    raft::Correlation sent(NodeId node, Instant now, std::chrono::milliseconds wait = {}) {
        const raft::Correlation correlation{++last_};
        nodes_[node] = {correlation, now + request_timeout_ + wait};
        return correlation;
    }

    /// A reply came. False when it answers no open request: then it must be ignored.
    bool answered(NodeId node, raft::Correlation correlation) {
        const auto found = nodes_.find(node);
        if (found == nodes_.end() || found->second.open != correlation) {
            return false;
        }
        nodes_.erase(found);
        return true;
    }

    /// The next request to `node` has to wait.
    void back_off(NodeId node, Instant now) { nodes_[node] = {std::nullopt, now + backoff_}; }

    /// Forgets what is open: whatever is answered to it no longer matters.
    void reset() { nodes_.clear(); }

private:
    struct Node {
        std::optional<raft::Correlation> open;
        Instant ready_at;
    };

    std::chrono::milliseconds request_timeout_;
    std::chrono::milliseconds backoff_;
    std::uint64_t last_ = 0;
    std::map<NodeId, Node> nodes_;
};

}  // namespace barnabas
