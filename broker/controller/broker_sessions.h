#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "model/ids.h"

namespace barnabas {

/// What an active controller knows of the brokers from their heartbeats. It is not in the log: a new controller learns
/// it anew, and gives every unfenced broker a whole session first.
class BrokerSessions {
public:
    struct Session {
        BrokerEpoch epoch{-1};
        bool fenced = true;
        Instant last_contact{};
        bool may_live = true;                ///< false for a process that is known to have ended
        Offset metadata_offset = no_offset;  ///< up to which the broker has the metadata log, by its last heartbeat
        /// Set while the broker is leaving: it may go when every active broker has the log up to here.
        std::optional<Offset> shutdown_offset;
    };

    explicit BrokerSessions(std::chrono::milliseconds timeout) : timeout_(timeout) {}

    [[nodiscard]] const Session* find(NodeId broker) const;
    /// A broker has registered, or was found registered by a new controller.
    void begin(NodeId broker, BrokerEpoch epoch, bool fenced, Instant now, bool may_live = true);
    void touch(NodeId broker, bool fenced, Offset metadata_offset, Instant now);
    /// Keeps the least offset; nothing to do for a broker that is leaving already.
    void begin_shutdown(NodeId broker, Offset offset);
    void forget(NodeId broker) { sessions_.erase(broker); }
    void clear() { sessions_.clear(); }

    /// Whether a process of that registration counts as alive: unfenced, and heard of within the session time.
    [[nodiscard]] bool has_valid_session(NodeId broker, BrokerEpoch epoch, Instant now) const;
    /// The metadata offset that every unfenced broker has reached that is not leaving.
    [[nodiscard]] Offset lowest_active_offset() const;

    /// Unfenced brokers that were silent for a whole session, by id.
    [[nodiscard]] std::vector<NodeId> expired(Instant now) const;
    /// When the next one will be; Instant::max() for never.
    [[nodiscard]] Instant next_deadline() const;

private:
    std::chrono::milliseconds timeout_;
    std::map<NodeId, Session> sessions_;
};

}  // namespace barnabas
