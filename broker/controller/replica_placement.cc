#include "controller/replica_placement.h"

#include <algorithm>

namespace barnabas {
namespace {

bool takes_replicas(const BrokerRegistration& broker) {
    const bool all_cordoned = broker.cordoned_directories && !broker.directories.empty() &&
                              std::ranges::includes(*broker.cordoned_directories, broker.directories);
    return !broker.in_controlled_shutdown && !all_cordoned;
}

/// The `at`-th broker of a rack in the order of this turn: the unfenced ones, begun at `turn`, then the fenced ones.
NodeId nth(const std::vector<NodeId>& unfenced, const std::vector<NodeId>& fenced, std::size_t turn, std::size_t at) {
    return at < unfenced.size() ? unfenced[(turn + at) % unfenced.size()]
                                : fenced[(turn + at - unfenced.size()) % fenced.size()];
}

}  // namespace

ReplicaPlacement::ReplicaPlacement(const ClusterImage& cluster, Random& random) : random_(random) {
    std::map<std::optional<std::string>, Rack> racks;
    for (const auto& [id, broker] : cluster.brokers()) {
        if (takes_replicas(*broker)) {
            Rack& rack = racks[broker->rack];
            (broker->fenced ? rack.fenced : rack.unfenced).push_back(id);
            ++brokers_;
            unfenced_ += broker->fenced ? 0 : 1;
        }
    }
    for (auto& [name, rack] : racks) {
        shuffle(rack.unfenced);
        shuffle(rack.fenced);
        racks_.push_back(std::move(rack));
    }
    rack_turn_ = racks_.empty() ? 0 : static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(racks_.size())));
}

void ReplicaPlacement::shuffle(std::vector<NodeId>& brokers) {
    for (std::size_t i = brokers.size(); i > 1; --i) {
        std::swap(brokers[i - 1], brokers[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(i)))]);
    }
}

std::size_t ReplicaPlacement::next_leader_rack() {
    std::size_t rack = rack_turn_;
    while (racks_[rack].unfenced.empty()) {
        rack = (rack + 1) % racks_.size();
    }
    rack_turn_ = (rack + 1) % racks_.size();
    return rack;
}

Expected<std::vector<NodeId>> ReplicaPlacement::place(std::int16_t replication_factor) {
    const auto refuse = [](std::string words) { return fail(ErrorCode::invalid_replication_factor, std::move(words)); };
    if (replication_factor <= 0) {
        return refuse(
            fmt::format("Invalid replication factor {}: the replication factor must be positive.", replication_factor)
        );
    }
    if (unfenced_ == 0) {
        return refuse("All brokers are currently fenced.");
    }
    const auto wanted = static_cast<std::size_t>(replication_factor);
    if (wanted > brokers_) {
        return refuse(fmt::format(
            "The target replication factor of {} cannot be reached because only {} broker(s) are "
            "registered or some brokers have all their log directories cordoned.",
            replication_factor, brokers_
        ));
    }
    std::vector<NodeId> replicas;
    std::vector<std::size_t> taken(racks_.size(), 0);
    const std::size_t first = next_leader_rack();
    for (std::size_t rack = first; replicas.size() < wanted; rack = (rack + 1) % racks_.size()) {
        const Rack& from = racks_[rack];
        if (taken[rack] < from.unfenced.size() + from.fenced.size()) {
            replicas.push_back(nth(from.unfenced, from.fenced, from.turn, taken[rack]++));
        }
    }
    // Within a rack the next partition begins with the next broker.
    ++racks_[first].turn;
    return replicas;
}

}  // namespace barnabas
