#include "controller/broker_sessions.h"

#include <algorithm>
#include <limits>

namespace barnabas {

const BrokerSessions::Session* BrokerSessions::find(NodeId broker) const {
    const auto found = sessions_.find(broker);
    return found == sessions_.end() ? nullptr : &found->second;
}

void BrokerSessions::begin(NodeId broker, BrokerEpoch epoch, bool fenced, Instant now, bool may_live) {
    sessions_[broker] = {epoch, fenced, now, may_live, no_offset, std::nullopt};
}

void BrokerSessions::touch(NodeId broker, bool fenced, Offset metadata_offset, Instant now) {
    const auto found = sessions_.find(broker);
    if (found != sessions_.end()) {
        found->second.fenced = fenced;
        found->second.last_contact = now;
        found->second.may_live = true;
        found->second.metadata_offset = metadata_offset;
    }
}

void BrokerSessions::begin_shutdown(NodeId broker, Offset offset) {
    const auto found = sessions_.find(broker);
    if (found != sessions_.end()) {
        found->second.shutdown_offset = std::min(found->second.shutdown_offset.value_or(offset), offset);
    }
}

bool BrokerSessions::has_valid_session(NodeId broker, BrokerEpoch epoch, Instant now) const {
    const Session* session = find(broker);
    return session && session->may_live && !session->fenced && session->epoch == epoch &&
           now < session->last_contact + timeout_;
}

Offset BrokerSessions::lowest_active_offset() const {
    Offset lowest{std::numeric_limits<std::int64_t>::max()};
    for (const auto& [id, session] : sessions_) {
        if (!session.fenced && !session.shutdown_offset) {
            lowest = std::min(lowest, session.metadata_offset);
        }
    }
    return lowest;
}

std::vector<NodeId> BrokerSessions::expired(Instant now) const {
    std::vector<NodeId> silent;
    for (const auto& [id, session] : sessions_) {
        if (!session.fenced && now >= session.last_contact + timeout_) {
            silent.push_back(id);
        }
    }
    return silent;
}

Instant BrokerSessions::next_deadline() const {
    Instant deadline = Instant::max();
    for (const auto& [id, session] : sessions_) {
        if (!session.fenced) {
            deadline = std::min(deadline, session.last_contact + timeout_);
        }
    }
    return deadline;
}

}  // namespace barnabas
