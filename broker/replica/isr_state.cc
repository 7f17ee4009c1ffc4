#include "replica/isr_state.h"

#include <algorithm>

namespace barnabas {

namespace {

std::vector<NodeId> sorted(std::vector<NodeId> ids) {
    std::ranges::sort(ids);
    return ids;
}

}  // namespace

IsrState::IsrState(
    Options options, NodeId self, const std::vector<NodeId>& replicas, std::vector<NodeId> in_sync, Offset log_end,
    Instant now
)
    : options_(options), self_(self), log_end_(log_end), confirmed_(sorted(std::move(in_sync))) {
    for (NodeId id : replicas) {
        if (id != self) {
            followers_.push_back({.id = id, .log_end = {}, .caught_up = now, .target = log_end, .target_seen = now});
        }
    }
    advance();
}

void IsrState::appended(Offset log_end, Instant now) {
    // A follower that held everything until this append was caught up until now.
    for (Replica& follower : followers_) {
        if (follower.log_end == log_end_) {
            follower.caught_up = now;
        }
    }
    log_end_ = log_end;
    advance();
}

void IsrState::fetched(NodeId id, Offset fetch_offset, Instant now) {
    auto follower = std::ranges::find(followers_, id, &Replica::id);
    if (follower == followers_.end()) {
        return;
    }
    follower->log_end = fetch_offset;
    if (fetch_offset >= log_end_) {
        follower->caught_up = now;
    } else if (fetch_offset >= follower->target) {
        // It is short of the present end, but has all that the leader had at its previous fetch: under steady load that
        // is what keeping up looks like.
        follower->caught_up = std::max(follower->caught_up, follower->target_seen);
    }
    follower->target = log_end_;
    follower->target_seen = now;
    advance();
}

void IsrState::confirmed(std::vector<NodeId> in_sync) {
    confirmed_ = sorted(std::move(in_sync));
    proposed_.clear();
    advance();
}

std::optional<IsrState::Change> IsrState::change(Instant now) {
    if (!proposed_.empty()) {
        return std::nullopt;
    }
    std::vector<NodeId> wanted{self_};
    for (const Replica& follower : followers_) {
        const bool is_in = std::ranges::binary_search(confirmed_, follower.id);
        // Leaving takes a whole max_lag; joining takes holding every committed record.
        if (is_in ? keeps_up(follower, now) : follower.log_end >= high_watermark_ && keeps_up(follower, now)) {
            wanted.push_back(follower.id);
        }
    }
    wanted = sorted(std::move(wanted));
    if (wanted == confirmed_) {
        return std::nullopt;
    }
    proposed_ = wanted;
    return Change{std::move(wanted)};
}

bool IsrState::has_follower(NodeId id) const {
    return std::ranges::find(followers_, id, &Replica::id) != followers_.end();
}

bool IsrState::counts(NodeId id) const {
    return std::ranges::binary_search(confirmed_, id) || std::ranges::binary_search(proposed_, id);
}

bool IsrState::keeps_up(const Replica& replica, Instant now) const {
    return replica.log_end == log_end_ || now - replica.caught_up <= options_.max_lag;
}

void IsrState::advance() {
    Offset held = log_end_;
    for (const Replica& follower : followers_) {
        if (counts(follower.id)) {
            held = std::min(held, follower.log_end);
        }
    }
    high_watermark_ = std::max(high_watermark_, held);
}

}  // namespace barnabas
