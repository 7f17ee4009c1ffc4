#include "raft/leader_state.h"

#include <algorithm>

namespace barnabas {

namespace {

/// How long DescribeQuorum shows an observer that no longer fetches.
constexpr std::chrono::minutes observer_memory{5};

}  // namespace

LeaderState::LeaderState(Options options, const VoterSet& voters, Offset epoch_start, Instant now)
    : options_(options), epoch_start_(epoch_start) {
    set_voters(voters, now);
}

void LeaderState::set_voters(const VoterSet& voters, Instant now) {
    voter_set_ = voters;
    std::erase_if(voters_, [&](const auto& known) { return !voters.contains(known.second.key); });
    for (const auto& [id, voter] : voters.voters()) {
        if (id == options_.self.id) {
            continue;
        }
        Replica& known = voters_.try_emplace(id, unheard(voter.key, now)).first->second;
        if (const auto observer = observers_.find(voter.key); observer != observers_.end()) {
            known = observer->second;
            observers_.erase(observer);
        }
        known.key = voter.key;
    }
}

LeaderState::Replica& LeaderState::replica(const ReplicaKey& key, Instant now) {
    if (voter_set_.contains(key) && voters_.contains(key.id)) {
        return voters_.at(key.id);
    }
    std::erase_if(observers_, [&](const auto& known) { return now - known.second.contact > observer_memory; });
    return observers_.try_emplace(key, unheard(key, now)).first->second;
}

void LeaderState::fetched(const ReplicaKey& key, Offset end, Offset log_end, Instant now, Timestamp timestamp) {
    if (key.id == options_.self.id) {
        return;
    }
    Replica& from = replica(key, now);
    // A replica that has what the log held at its previous fetch keeps up, however fast the log grows.
    if (end >= log_end) {
        from.last_caught_up = timestamp;
    } else if (from.target != no_offset && end >= from.target) {
        from.last_caught_up = std::max(from.last_caught_up, from.last_fetch);
    }
    from.last_fetch = timestamp;
    from.target = log_end;
    from.end = end;
    from.contact = from.told = now;
}

void LeaderState::acknowledged(NodeId voter, Instant now) {
    // It knows who leads, but only fetches show that it follows.
    if (const auto found = voters_.find(voter); found != voters_.end()) {
        found->second.told = now;
    }
}

std::optional<Offset> LeaderState::high_watermark(Offset log_end) const {
    std::vector<Offset> ends;
    if (self_votes()) {
        ends.push_back(log_end);
    }
    for (const auto& [id, voter] : voters_) {
        ends.push_back(voter.end);
    }
    std::ranges::sort(ends, std::greater());
    const std::size_t majority = voter_set_.majority();
    if (ends.size() < majority || ends[majority - 1] <= epoch_start_) {
        return std::nullopt;
    }
    return ends[majority - 1];
}

Instant LeaderState::quorum_deadline() const {
    std::vector<Instant> contacts;
    for (const auto& [id, voter] : voters_) {
        contacts.push_back(voter.contact);
    }
    std::ranges::sort(contacts, std::greater());
    const std::size_t needed = voter_set_.majority() - (self_votes() ? 1 : 0);
    if (needed == 0) {
        return Instant::max();
    }
    return needed > contacts.size() ? Instant::min() : contacts[needed - 1] + options_.fetch_timeout * 3 / 2;
}

std::vector<ReplicaKey> LeaderState::silent(Instant now) const {
    std::vector<ReplicaKey> keys;
    for (const auto& [id, voter] : voters_) {
        if (voter.told + silence() <= now) {
            keys.push_back(voter.key);
        }
    }
    return keys;
}

Instant LeaderState::silent_at(NodeId voter) const {
    const auto found = voters_.find(voter);
    return found == voters_.end() ? Instant::max() : found->second.told + silence();
}

std::vector<ReplicaKey> LeaderState::successors() const {
    std::vector<std::pair<Offset, ReplicaKey>> order;
    for (const auto& [id, voter] : voters_) {
        order.emplace_back(voter.end, voter.key);
    }
    std::ranges::sort(order, std::greater());
    std::vector<ReplicaKey> keys;
    for (const auto& [end, key] : order) {
        keys.push_back(key);
    }
    return keys;
}

void LeaderState::describe(QuorumInfo& info, Offset log_end, Timestamp now) const {
    const auto add = [](std::vector<QuorumReplica>& list, const Replica& replica) {
        list.push_back({replica.key, replica.end, replica.last_fetch, replica.last_caught_up});
    };
    const QuorumReplica self{options_.self, log_end, now, now};
    (self_votes() ? info.voters : info.observers).push_back(self);
    for (const auto& [id, voter] : voters_) {
        add(info.voters, voter);
    }
    for (const auto& [key, observer] : observers_) {
        add(info.observers, observer);
    }
    std::ranges::sort(info.voters, {}, &QuorumReplica::key);
}

}  // namespace barnabas
