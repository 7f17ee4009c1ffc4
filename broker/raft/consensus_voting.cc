#include <algorithm>

#include "raft/consensus.h"

namespace barnabas {

using namespace raft;

void Consensus::on_request(Moment now, RequestId id, const Vote& vote) {
    if (!options_.self.matches(vote.voter)) {
        return reply(id, VoteReply{head(ErrorCode::invalid_voter_key), false});
    }
    if (vote.epoch < state_.epoch) {
        return reply(id, VoteReply{head(ErrorCode::fenced_leader_epoch), false});
    }
    adopt(now, vote.epoch, no_node);
    const bool granted = grants(vote);
    if (granted && !vote.pre_vote && !state_.voted) {
        set_state({state_.epoch, state_.leader, vote.candidate});
        if (votes()) {
            // Its election gets its time.
            take_role(Unattached{election_deadline(now.instant)});
        }
    }
    reply(id, VoteReply{head(), granted});
}

bool Consensus::grants(const Vote& vote) const {
    const bool complete = vote.last >= log_.last();
    if (vote.pre_vote) {
        if (const auto* follower = std::get_if<Follower>(&role_)) {
            return complete && !follower->fetched;
        }
        return complete && !leads();
    }
    if (state_.voted) {
        return *state_.voted == vote.candidate;
    }
    return complete && state_.leader == no_node;
}

void Consensus::on_request(Moment now, RequestId id, const BeginEpoch& begin) {
    if (begin.epoch < state_.epoch) {
        return reply(id, BeginEpochReply{head(ErrorCode::fenced_leader_epoch)});
    }
    const bool other_leader = begin.epoch == state_.epoch && state_.leader != no_node && state_.leader != begin.leader;
    if (other_leader || begin.leader == options_.self.id || begin.leader < NodeId{0}) {
        return reply(id, BeginEpochReply{head(ErrorCode::invalid_request)});
    }
    if (!adopt(now, begin.epoch, begin.leader) && std::holds_alternative<Prospective>(role_)) {
        // It looked for a new leader of its own accord, but the old one is there after all.
        become_follower(now, begin.epoch, begin.leader);
    }
    const bool is_me = options_.self.matches(begin.voter);
    reply(id, BeginEpochReply{head(is_me ? ErrorCode::none : ErrorCode::invalid_voter_key)});
}

void Consensus::on_request(Moment now, RequestId id, const EndEpoch& end) {
    if (end.epoch < state_.epoch) {
        return reply(id, EndEpochReply{head(ErrorCode::fenced_leader_epoch)});
    }
    adopt(now, end.epoch, end.leader);
    if (end.epoch == state_.epoch && state_.leader == end.leader) {
        if (auto* follower = std::get_if<Follower>(&role_); follower != nullptr && votes()) {
            // The leader said itself that it is gone; the most complete log stands first, the others a little later.
            const auto matches = [&](const ReplicaKey& key) { return key.matches(options_.self); };
            const auto rank = std::ranges::find_if(end.successors, matches) - end.successors.begin();
            const std::int64_t most = std::max<std::int64_t>(1, options_.election_backoff_max.count());
            const std::int64_t backoff = rank == 0 ? 0 : 1 + random_.below(most);
            follower->deadline = std::min(follower->deadline, now.instant + std::chrono::milliseconds(backoff));
            follower->fetched = false;
        }
    }
    reply(id, EndEpochReply{head()});
}

void Consensus::ask_for_votes(Moment now, const VoteTally& tally, LeaderEpoch epoch, bool pre_vote) {
    for (const ReplicaKey& voter : tally.open()) {
        if (requests_.ready(voter.id, now.instant)) {
            send(now, voter.id, Vote{options_.self, voter, epoch, log_.last(), pre_vote});
        }
    }
}

void Consensus::on_reply(Moment now, NodeId from, const VoteReply& reply) {
    const bool asked = std::holds_alternative<Prospective>(role_) || std::holds_alternative<Candidate>(role_);
    if (reply.head.error == ErrorCode::none && reply.head.epoch == state_.epoch && asked) {
        count(now, from, reply.granted);
    }
}

void Consensus::count(Moment now, NodeId from, bool granted) {
    VoteTally* tally = nullptr;
    if (auto* prospective = std::get_if<Prospective>(&role_)) {
        tally = &prospective->tally;
    } else {
        tally = &std::get<Candidate>(role_).tally;
    }
    granted ? tally->granted(from) : tally->rejected(from);
    if (auto* candidate = std::get_if<Candidate>(&role_)) {
        if (tally->won()) {
            return become_leader(now, std::set(tally->granting()));
        }
        if (tally->lost()) {
            const std::int64_t most = std::max<std::int64_t>(1, options_.election_backoff_max.count());
            const Instant again = now.instant + std::chrono::milliseconds(1 + random_.below(most));
            candidate->deadline = std::min(candidate->deadline, again);
        }
    } else if (tally->won()) {
        become_candidate(now);
    } else if (tally->lost()) {
        if (state_.leader != no_node && state_.leader != options_.self.id) {
            become_follower(now, state_.epoch, state_.leader);
        } else {
            take_role(Unattached{election_deadline(now.instant)});
        }
    }
}

void Consensus::on_reply(Moment now, NodeId from, const BeginEpochReply& reply) {
    if (auto* leader = std::get_if<Leader>(&role_); leader != nullptr && reply.head.error == ErrorCode::none) {
        leader->replicas.acknowledged(from, now.instant);
    }
}

void Consensus::on_reply(Moment, NodeId from, const EndEpochReply& reply) {
    if (auto* resigned = std::get_if<Resigned>(&role_); resigned != nullptr && reply.head.error == ErrorCode::none) {
        std::erase_if(resigned->untold, [&](const ReplicaKey& key) { return key.id == from; });
    }
}

}  // namespace barnabas
