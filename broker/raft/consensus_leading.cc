#include "raft/consensus.h"

namespace barnabas {

using namespace raft;

namespace {

RecordBatchBuilder batch_builder(Offset base, LeaderEpoch epoch, bool control) {
    RecordBatchBuilder::Options options;
    options.base_offset = base;
    options.leader_epoch = epoch;
    options.control = control;
    return RecordBatchBuilder(options);
}

LeaderChangeMessage leader_change(NodeId leader, const VoterSet& voters, const std::set<NodeId>& granting) {
    LeaderChangeMessage message;
    message.leader_id = leader.value;
    for (const auto& [id, voter] : voters.voters()) {
        message.voters.push_back({id.value, voter.key.directory, {}});
    }
    for (const NodeId id : granting) {
        message.granting_voters.push_back({id.value, {}, {}});
    }
    return message;
}

}  // namespace

void Consensus::begin_epoch(Moment now, Leader& leader, const std::set<NodeId>& granting) {
    RecordBatchBuilder builder = batch_builder(log_.end(), state_.epoch, true);
    append_control(
        builder, now.timestamp, ControlRecord::of(leader_change(options_.self.id, voters_.voters(), granting))
    );
    if (voters_.from_format() && voters_.kraft_version() > 0) {
        // Only this node's format wrote them; in the log they reach everybody.
        KRaftVersionRecord version;
        version.k_raft_version = voters_.kraft_version();
        append_control(builder, now.timestamp, ControlRecord::of(version));
        append_control(builder, now.timestamp, ControlRecord::of(voters_.voters().record()));
    }
    append_to_log(builder.finish());
    leader.replicas.set_voters(voters_.voters(), now.instant);
    advance_high_watermark();
}

Expected<Offset> Consensus::append(Moment now, LeaderEpoch epoch, std::span<const Bytes> values) {
    auto* leader = std::get_if<Leader>(&role_);
    if (leader == nullptr || epoch != state_.epoch) {
        return fail(
            ErrorCode::not_controller,
            fmt::format("this node does not lead epoch {} of the metadata quorum", epoch.value)
        );
    }
    if (values.empty()) {
        return fail(ErrorCode::invalid_request, "there is nothing to append to the metadata log");
    }
    const Offset base = next_offset();
    RecordBatchBuilder builder = batch_builder(base, epoch, false);
    for (const Bytes& value : values) {
        builder.append(now.timestamp, std::nullopt, BytesView(value));
    }
    if (builder.size() > options_.most_batch_bytes) {
        return fail(
            ErrorCode::record_list_too_large, fmt::format(
                                                  "{} metadata records take {} bytes, more than the {} of one batch",
                                                  values.size(), builder.size(), options_.most_batch_bytes
                                              )
        );
    }
    if (leader->pending.empty()) {
        // Who comes alone, one after another, would wait in vain each time.
        leader->write_at = leader->several_came ? now.instant + options_.append_linger : now.instant;
    }
    leader->pending.push_back({builder.finish(), base + static_cast<std::int64_t>(values.size())});
    return base;
}

Offset Consensus::next_offset() const {
    const auto* leader = std::get_if<Leader>(&role_);
    return leader == nullptr || leader->pending.empty() ? log_.end() : leader->pending.back().next;
}

void Consensus::write_pending(Moment now) {
    auto& leader = std::get<Leader>(role_);
    leader.write_at = Instant::max();
    leader.several_came = leader.pending.size() > 1;
    for (Leader::PendingBatch& batch : std::exchange(leader.pending, {})) {
        append_to_log(std::move(batch.bytes));
    }
    advance_high_watermark();
    answer_parked(now);
}

void Consensus::append_to_log(Bytes batch) {
    store(batch);
    effects_.log.push_back(AppendToLog{std::move(batch)});
}

void Consensus::advance_high_watermark() {
    if (const auto offset = std::get<Leader>(role_).replicas.high_watermark(log_.end())) {
        raise_high_watermark(*offset);
    }
}

void Consensus::raise_high_watermark(Offset to) {
    if (to > high_watermark_) {
        high_watermark_ = to;
        effects_.high_watermark = to;
    }
}

ErrorCode Consensus::refusal(LeaderEpoch epoch) const {
    if (epoch < state_.epoch) {
        return ErrorCode::fenced_leader_epoch;
    }
    if (epoch > state_.epoch) {
        return ErrorCode::unknown_leader_epoch;
    }
    return leads() ? ErrorCode::none : ErrorCode::not_leader_or_follower;
}

void Consensus::on_request(Moment now, RequestId id, const Fetch& fetch) {
    if (const ErrorCode error = refusal(fetch.epoch); error != ErrorCode::none) {
        FetchReply refused;
        refused.head = head(error);
        return reply(id, std::move(refused));
    }
    auto& leader = std::get<Leader>(role_);
    if (log_.relation(fetch.end) == LogOutline::Relation::prefix) {
        leader.replicas.fetched(fetch.replica, fetch.end.offset, log_.end(), now.instant, now.timestamp);
        advance_high_watermark();
        answer_parked(now);
    }
    leader.parked.push_back({id, fetch, now.instant + fetch.most_wait});
    answer_parked(now);
}

FetchReply Consensus::fetch_reply(const Fetch& fetch) const {
    FetchReply reply;
    reply.head = head(refusal(fetch.epoch));
    if (reply.head.error != ErrorCode::none) {
        return reply;
    }
    reply.high_watermark = high_watermark_;
    reply.log_start = log_.start();
    switch (log_.relation(fetch.end)) {
        case LogOutline::Relation::too_old:
            reply.snapshot = log_.latest_snapshot();
            break;
        case LogOutline::Relation::diverges:
            reply.diverging = log_.end_of(fetch.end.epoch);
            break;
        case LogOutline::Relation::prefix:
            reply.read_from = fetch.end.offset;
            reply.most_bytes = fetch.most_bytes;
            break;
    }
    return reply;
}

void Consensus::answer_parked(Moment now) {
    auto& leader = std::get<Leader>(role_);
    std::vector<Leader::ParkedFetch> waiting;
    for (Leader::ParkedFetch& parked : leader.parked) {
        const bool up_to_date = parked.fetch.end == log_.last() && parked.fetch.high_watermark >= high_watermark_;
        if (up_to_date && parked.deadline > now.instant) {
            waiting.push_back(std::move(parked));
        } else {
            reply(parked.id, fetch_reply(parked.fetch));
        }
    }
    leader.parked = std::move(waiting);
}

void Consensus::release_parked() {
    if (auto* leader = std::get_if<Leader>(&role_)) {
        for (const Leader::ParkedFetch& parked : leader->parked) {
            FetchReply refused;
            refused.head = head(ErrorCode::not_leader_or_follower);
            reply(parked.id, std::move(refused));
        }
    }
}

void Consensus::on_request(Moment, RequestId id, const FetchSnapshot& fetch) {
    FetchSnapshotReply answer;
    answer.head = head(refusal(fetch.epoch));
    answer.snapshot = fetch.snapshot;
    answer.position = fetch.position;
    answer.most_bytes = fetch.most_bytes;
    const auto& snapshots = log_.snapshots();
    if (answer.head.error == ErrorCode::none && std::ranges::find(snapshots, fetch.snapshot) == snapshots.end()) {
        answer.head.error = ErrorCode::snapshot_not_found;
    }
    reply(id, std::move(answer));
}

}  // namespace barnabas
