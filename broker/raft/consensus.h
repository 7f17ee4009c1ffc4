#pragma once

#include <span>
#include <utility>
#include "common/clock.h"

#include "common/moment.h"
#include "common/random.h"
#include "raft/log_outline.h"
#include "raft/request_tracker.h"
#include "raft/roles.h"
#include "raft/voter_history.h"

namespace barnabas {

/// KRaft, the consensus of the metadata log (KIP-595, KIP-630, KIP-853, KIP-996), without I/O: messages and time come
/// in, effects leave as values.
///
/// After every call the owner takes the effects and performs them in their order; only then may it call again. A log
/// change counts as durable from the moment it is in the effects: the owner that cannot perform one must stop.
/// Not thread-safe.
class Consensus {
public:
    struct Options {
        ReplicaKey self;
        std::chrono::milliseconds election_timeout;      ///< `controller.quorum.election.timeout.ms`
        std::chrono::milliseconds election_backoff_max;  ///< `controller.quorum.election.backoff.max.ms`
        std::chrono::milliseconds fetch_timeout;         ///< `controller.quorum.fetch.timeout.ms`
        std::chrono::milliseconds request_timeout;       ///< `controller.quorum.request.timeout.ms`
        std::chrono::milliseconds retry_backoff;         ///< `controller.quorum.retry.backoff.ms`
        std::chrono::milliseconds append_linger;         ///< `controller.quorum.append.linger.ms`
        std::int32_t fetch_bytes;                        ///< `controller.quorum.fetch.max.bytes`
        std::int32_t snapshot_fetch_bytes;               ///< `controller.quorum.fetch.snapshot.max.bytes`
        std::size_t most_batch_bytes;                    ///< `internal.metadata.max.batch.size.in.bytes`
        bool bootstrap_servers = false;  ///< whether there is anybody to ask for the leader besides the voters
    };

    /// Continues from what the files say.
    Consensus(Options options, QuorumState state, LogOutline log, VoterHistory voters, std::uint64_t seed, Moment now);

    /// A peer asks. The reply comes among the effects of this call or a later one.
    void receive(Moment now, raft::RequestId id, const raft::Request& request);
    /// A peer answers.
    void receive(Moment now, NodeId from, raft::Correlation correlation, const raft::Reply& reply);
    /// A request could not be delivered.
    void undelivered(Moment now, NodeId to, raft::Correlation correlation);
    /// Time has passed.
    void tick(Moment now);
    /// When `tick` must be called at the latest.
    [[nodiscard]] Instant next_deadline() const;

    /// See RaftClient.
    Expected<Offset> append(Moment now, LeaderEpoch epoch, std::span<const Bytes> values);
    [[nodiscard]] Offset next_offset() const;
    void resign(Moment now, LeaderEpoch epoch);

    /// The snapshot of the effect is in place and holds these voters.
    void installed(
        Moment now, const SnapshotId& snapshot, const std::optional<VoterSet>& voters,
        std::optional<std::int16_t> kraft_version
    );
    /// The snapshot of the effect cannot be used: fetch it again.
    void install_failed(Moment now);
    /// This node wrote a snapshot of committed records.
    void add_snapshot(const SnapshotId& snapshot) { log_.add_snapshot(snapshot); }
    /// Snapshots and records below `start` are gone.
    void drop_before(Offset start) { log_.drop_before(start); }

    [[nodiscard]] raft::Effects take_effects() { return std::exchange(effects_, {}); }

    [[nodiscard]] const QuorumState& state() const { return state_; }
    [[nodiscard]] const raft::Role& role() const { return role_; }
    [[nodiscard]] const LogOutline& log() const { return log_; }
    [[nodiscard]] const VoterHistory& voters() const { return voters_; }
    [[nodiscard]] Offset high_watermark() const { return high_watermark_; }
    [[nodiscard]] QuorumInfo info(Timestamp now) const;

private:
    // Roles: consensus.cc
    [[nodiscard]] bool votes() const { return voters_.voters().contains(options_.self); }
    [[nodiscard]] bool leads() const { return std::holds_alternative<raft::Leader>(role_); }
    [[nodiscard]] Instant election_deadline(Instant now);
    [[nodiscard]] Instant role_deadline() const;
    void set_state(QuorumState state);
    void take_role(raft::Role role);
    void become_unattached(Moment now, LeaderEpoch epoch);
    void become_prospective(Moment now);
    void become_candidate(Moment now);
    void become_leader(Moment now, const std::set<NodeId>& granting);
    void become_follower(Moment now, LeaderEpoch epoch, NodeId leader);
    void become_resigned(Moment now);
    bool adopt(Moment now, LeaderEpoch epoch, NodeId leader);
    [[nodiscard]] raft::ReplyHead head(ErrorCode error = ErrorCode::none) const;
    void reply(raft::RequestId id, raft::Reply reply) { effects_.replies.push_back({id, std::move(reply)}); }

    // One overload a role: what it does when its deadline has passed, and whom it writes to. consensus_requests.cc
    void on_deadline(Moment now);
    void send_requests(Moment now);
    void send(Moment now, NodeId to, raft::Request request, std::chrono::milliseconds wait = {});
    void send_requests(Moment now, const raft::Unattached& role);
    void send_requests(Moment now, const raft::Prospective& role);
    void send_requests(Moment now, const raft::Candidate& role);
    void send_requests(Moment now, const raft::Follower& role);
    void send_requests(Moment now, const raft::Leader& role);
    void send_requests(Moment now, const raft::Resigned& role);
    [[nodiscard]] std::vector<NodeId> destinations() const;
    [[nodiscard]] raft::Fetch next_fetch() const;
    /// How long the leader may hold a fetch back that it has nothing for: a follower must be heard of more often.
    [[nodiscard]] std::chrono::milliseconds fetch_wait() const;

    // Elections: consensus_voting.cc
    void on_request(Moment now, raft::RequestId id, const raft::Vote& vote);
    void on_request(Moment now, raft::RequestId id, const raft::BeginEpoch& begin);
    void on_request(Moment now, raft::RequestId id, const raft::EndEpoch& end);
    void on_reply(Moment now, NodeId from, const raft::VoteReply& reply);
    void on_reply(Moment now, NodeId from, const raft::BeginEpochReply& reply);
    void on_reply(Moment now, NodeId from, const raft::EndEpochReply& reply);
    [[nodiscard]] bool grants(const raft::Vote& vote) const;
    void count(Moment now, NodeId from, bool granted);
    void ask_for_votes(Moment now, const VoteTally& tally, LeaderEpoch epoch, bool pre_vote);

    // Leading: consensus_leading.cc
    void on_request(Moment now, raft::RequestId id, const raft::Fetch& fetch);
    void on_request(Moment now, raft::RequestId id, const raft::FetchSnapshot& fetch);
    [[nodiscard]] ErrorCode refusal(LeaderEpoch epoch) const;
    [[nodiscard]] raft::FetchReply fetch_reply(const raft::Fetch& fetch) const;
    void begin_epoch(Moment now, raft::Leader& leader, const std::set<NodeId>& granting);
    void write_pending(Moment now);
    void append_to_log(Bytes batch);
    void advance_high_watermark();
    void raise_high_watermark(Offset to);
    void answer_parked(Moment now);
    void release_parked();

    // Following: consensus_following.cc
    void on_reply(Moment now, NodeId from, const raft::FetchReply& reply);
    void on_reply(Moment now, NodeId from, const raft::FetchSnapshotReply& reply);
    [[nodiscard]] bool is_from_leader(NodeId from, const raft::ReplyHead& head) const;
    void heard_of_leader(Moment now);
    bool store(BytesView records);
    void truncate(Offset end);

    Options options_;
    QuorumState state_;
    LogOutline log_;
    VoterHistory voters_;
    Random random_;
    RequestTracker requests_;
    raft::Role role_;
    Offset high_watermark_;
    raft::Effects effects_;
    bool role_changed_ = false;
};

}  // namespace barnabas
