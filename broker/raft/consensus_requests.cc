#include "raft/consensus.h"

namespace barnabas {

using namespace raft;

std::chrono::milliseconds Consensus::fetch_wait() const {
    constexpr std::chrono::milliseconds most{500};
    return std::min(most, options_.fetch_timeout / 4);
}

void Consensus::on_deadline(Moment now) {
    if (auto* leader = std::get_if<Leader>(&role_)) {
        if (leader->write_at <= now.instant) {
            write_pending(now);
        }
        answer_parked(now);
    }
    if (role_deadline() > now.instant) {
        return;
    }
    if (leads()) {
        become_resigned(now);
    } else if (!votes()) {
        // An observer whose leader is silent asks around; a voter stands for election instead.
        set_state({state_.epoch, no_node, state_.voted});
        take_role(Unattached{Instant::max()});
    } else if (std::holds_alternative<Resigned>(role_)) {
        become_unattached(now, {state_.epoch.value + 1});
    } else {
        become_prospective(now);
    }
}

Instant Consensus::next_deadline() const {
    Instant next = role_deadline();
    if (const auto* leader = std::get_if<Leader>(&role_)) {
        next = std::min(next, leader->write_at);
        for (const auto& parked : leader->parked) {
            next = std::min(next, parked.deadline);
        }
        for (const auto& [id, voter] : voters_.voters().voters()) {
            next = std::min(next, std::max(leader->replicas.silent_at(id), requests_.ready_at(id)));
        }
        return next;
    }
    for (const NodeId node : destinations()) {
        next = std::min(next, requests_.ready_at(node));
    }
    return next;
}

std::vector<NodeId> Consensus::destinations() const {
    std::vector<NodeId> nodes;
    const auto add = [&](const std::vector<ReplicaKey>& keys) {
        for (const ReplicaKey& key : keys) {
            nodes.push_back(key.id);
        }
    };
    if (const auto* prospective = std::get_if<Prospective>(&role_)) {
        add(prospective->tally.open());
    } else if (const auto* candidate = std::get_if<Candidate>(&role_)) {
        add(candidate->tally.open());
    } else if (const auto* resigned = std::get_if<Resigned>(&role_)) {
        add(resigned->untold);
    } else if (const auto* follower = std::get_if<Follower>(&role_)) {
        if (!follower->download || !follower->download->whole) {
            nodes.push_back(state_.leader);
        }
    } else if (options_.bootstrap_servers) {
        nodes.push_back(no_node);
    }
    return nodes;
}

void Consensus::send(Moment now, NodeId to, Request request, std::chrono::milliseconds wait) {
    effects_.requests.push_back({to, requests_.sent(to, now.instant, wait), std::move(request)});
}

void Consensus::send_requests(Moment now) {
    std::visit([&](const auto& role) { send_requests(now, role); }, role_);
}

void Consensus::send_requests(Moment now, const Unattached&) {
    if (options_.bootstrap_servers && requests_.ready(no_node, now.instant)) {
        send(now, no_node, next_fetch(), fetch_wait());
    }
}

void Consensus::send_requests(Moment now, const Prospective& role) {
    ask_for_votes(now, role.tally, state_.epoch, true);
}

void Consensus::send_requests(Moment now, const Candidate& role) {
    ask_for_votes(now, role.tally, state_.epoch, false);
}

void Consensus::send_requests(Moment now, const Follower& role) {
    if (!requests_.ready(state_.leader, now.instant)) {
        return;
    }
    if (!role.download) {
        send(now, state_.leader, next_fetch(), fetch_wait());
    } else if (!role.download->whole) {
        send(
            now, state_.leader,
            FetchSnapshot{
                options_.self, state_.epoch, role.download->snapshot, role.download->position,
                options_.snapshot_fetch_bytes
            }
        );
    }
}

void Consensus::send_requests(Moment now, const Leader& role) {
    for (const ReplicaKey& voter : role.replicas.silent(now.instant)) {
        if (requests_.ready(voter.id, now.instant)) {
            send(now, voter.id, BeginEpoch{options_.self.id, state_.epoch, voter});
        }
    }
}

void Consensus::send_requests(Moment now, const Resigned& role) {
    for (const ReplicaKey& voter : role.untold) {
        if (requests_.ready(voter.id, now.instant)) {
            send(now, voter.id, EndEpoch{options_.self.id, state_.epoch, role.successors});
        }
    }
}

Fetch Consensus::next_fetch() const {
    return {options_.self, state_.epoch, log_.last(), high_watermark_, fetch_wait(), options_.fetch_bytes};
}

}  // namespace barnabas
