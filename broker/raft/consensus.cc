#include "raft/consensus.h"

#include "common/check.h"

namespace barnabas {

using namespace raft;

Consensus::Consensus(
    Options options, QuorumState state, LogOutline log, VoterHistory voters, std::uint64_t seed, Moment now
)
    : options_(options),
      state_(std::move(state)),
      log_(std::move(log)),
      voters_(std::move(voters)),
      random_(seed),
      requests_(options.request_timeout, options.retry_backoff),
      role_(Unattached{election_deadline(now.instant)}),
      high_watermark_(log_.latest_snapshot().value_or(SnapshotId{}).offset) {
    if (log_.last().epoch > state_.epoch) {
        // A crash between writing records of a new epoch and remembering it.
        set_state({log_.last().epoch, no_node, std::nullopt});
    }
    if (voters_.voters().only(options_.self)) {
        become_prospective(now);
    } else if (state_.leader == options_.self.id) {
        // What was appended in this epoch but not written may be on other replicas: the epoch is over.
        become_resigned(now);
    } else if (state_.leader != no_node) {
        become_follower(now, state_.epoch, state_.leader);
    }
}

void Consensus::receive(Moment now, RequestId id, const Request& request) {
    std::visit([&](const auto& asked) { on_request(now, id, asked); }, request);
    tick(now);
}

void Consensus::receive(Moment now, NodeId from, Correlation correlation, const Reply& reply) {
    if (!requests_.answered(from, correlation)) {
        return;
    }
    const ReplyHead& theirs = std::visit([](const auto& answer) -> const ReplyHead& { return answer.head; }, reply);
    if (theirs.error != ErrorCode::none) {
        requests_.back_off(from, now.instant);
    }
    // Who is in an older epoch has not seen what we ask about.
    if (theirs.epoch >= state_.epoch) {
        adopt(now, theirs.epoch, theirs.leader);
        std::visit([&](const auto& answer) { on_reply(now, from, answer); }, reply);
    }
    tick(now);
}

void Consensus::undelivered(Moment now, NodeId to, Correlation correlation) {
    if (requests_.answered(to, correlation)) {
        requests_.back_off(to, now.instant);
    }
}

void Consensus::tick(Moment now) {
    do {
        role_changed_ = false;
        on_deadline(now);
    } while (role_changed_);
    send_requests(now);
}

Instant Consensus::election_deadline(Instant now) {
    // Voters that time out together split the votes.
    const std::int64_t most = std::max<std::int64_t>(1, options_.election_timeout.count());
    return now + options_.election_timeout + std::chrono::milliseconds(random_.below(most));
}

Instant Consensus::role_deadline() const {
    const bool asks_around = options_.bootstrap_servers && std::holds_alternative<Follower>(role_);
    if (!votes() && !leads() && !asks_around) {
        return Instant::max();
    }
    return std::visit(
        [](const auto& role) {
            if constexpr (requires { role.deadline; }) {
                return role.deadline;
            } else {
                return role.replicas.quorum_deadline();
            }
        },
        role_
    );
}

void Consensus::set_state(QuorumState state) {
    if (state != state_) {
        state_ = std::move(state);
        effects_.persist = state_;
    }
}

void Consensus::take_role(Role role) {
    release_parked();
    requests_.reset();
    role_ = std::move(role);
    role_changed_ = true;
    const bool resigned = std::holds_alternative<Resigned>(role_);
    effects_.leadership = Leadership{resigned ? no_node : state_.leader, state_.epoch, no_offset};
}

void Consensus::become_unattached(Moment now, LeaderEpoch epoch) {
    CHECK(epoch >= state_.epoch);
    // The time already waited counts on: else one restless candidate could keep all others from standing.
    const Instant waited = leads() ? Instant::max() : role_deadline();
    const Instant deadline = waited == Instant::max() ? election_deadline(now.instant) : waited;
    if (epoch > state_.epoch) {
        set_state({epoch, no_node, std::nullopt});
    }
    take_role(Unattached{deadline});
}

void Consensus::become_prospective(Moment now) {
    take_role(Prospective{VoteTally(voters_.voters(), options_.self.id), election_deadline(now.instant)});
    count(now, options_.self.id, true);
}

void Consensus::become_candidate(Moment now) {
    set_state({{state_.epoch.value + 1}, no_node, options_.self});
    take_role(Candidate{VoteTally(voters_.voters(), options_.self.id), election_deadline(now.instant)});
    count(now, options_.self.id, true);
}

void Consensus::become_leader(Moment now, const std::set<NodeId>& granting) {
    const Offset start = log_.end();
    set_state({state_.epoch, options_.self.id, std::nullopt});
    const LeaderState::Options options{options_.self, options_.fetch_timeout};
    take_role(Leader{LeaderState(options, voters_.voters(), start, now.instant), {}, Instant::max(), {}});
    effects_.leadership->epoch_start = start;
    begin_epoch(now, std::get<Leader>(role_), granting);
}

void Consensus::become_follower(Moment now, LeaderEpoch epoch, NodeId leader) {
    CHECK(epoch >= state_.epoch && leader != options_.self.id);
    set_state({epoch, leader, epoch == state_.epoch ? state_.voted : std::nullopt});
    take_role(Follower{now.instant + options_.fetch_timeout, false, std::nullopt});
}

void Consensus::become_resigned(Moment now) {
    std::vector<ReplicaKey> others;
    if (leads()) {
        others = std::get<Leader>(role_).replicas.successors();
    } else {
        for (const auto& [id, voter] : voters_.voters().voters()) {
            if (id != options_.self.id) {
                others.push_back(voter.key);
            }
        }
    }
    take_role(Resigned{others, others, election_deadline(now.instant)});
}

bool Consensus::adopt(Moment now, LeaderEpoch epoch, NodeId leader) {
    const bool news = epoch > state_.epoch || (epoch == state_.epoch && state_.leader == no_node && leader != no_node);
    if (!news || (epoch == state_.epoch && leader == options_.self.id)) {
        return false;
    }
    if (leader == no_node || leader == options_.self.id) {
        become_unattached(now, epoch);
    } else {
        become_follower(now, epoch, leader);
    }
    return true;
}

ReplyHead Consensus::head(ErrorCode error) const {
    return {error, state_.epoch, state_.leader};
}

void Consensus::resign(Moment now, LeaderEpoch epoch) {
    if (leads() && epoch == state_.epoch) {
        become_resigned(now);
        tick(now);
    }
}

QuorumInfo Consensus::info(Timestamp now) const {
    QuorumInfo info;
    info.leader = std::holds_alternative<Resigned>(role_) ? no_node : state_.leader;
    info.epoch = state_.epoch;
    info.high_watermark = high_watermark_;
    info.voter_set = voters_.voters();
    info.kraft_version = voters_.kraft_version();
    if (const auto* leader = std::get_if<Leader>(&role_)) {
        leader->replicas.describe(info, log_.end(), now);
    }
    return info;
}

}  // namespace barnabas
