#include "raft/consensus.h"

namespace barnabas {

using namespace raft;

bool Consensus::is_from_leader(NodeId from, const ReplyHead& head) const {
    const bool follows = std::holds_alternative<Follower>(role_);
    return follows && head.error == ErrorCode::none && head.epoch == state_.epoch &&
           (from == state_.leader || (from == no_node && head.leader == state_.leader));
}

void Consensus::heard_of_leader(Moment now) {
    auto& follower = std::get<Follower>(role_);
    follower.deadline = now.instant + options_.fetch_timeout;
    follower.fetched = true;
}

void Consensus::on_reply(Moment now, NodeId from, const FetchReply& reply) {
    if (!is_from_leader(from, reply.head) || std::get<Follower>(role_).download) {
        return;
    }
    heard_of_leader(now);
    if (reply.snapshot) {
        if (reply.snapshot->offset > high_watermark_) {
            std::get<Follower>(role_).download = Follower::Download{*reply.snapshot, 0, false};
        } else {
            requests_.back_off(from, now.instant);
        }
        return;
    }
    if (reply.diverging) {
        const Offset end = log_.common_end(*reply.diverging);
        if (end >= high_watermark_ && end < log_.end()) {
            truncate(end);
        } else {
            // A leader that contradicts what is committed is broken; nothing may be dropped for it.
            requests_.back_off(from, now.instant);
        }
        return;
    }
    if (reply.records != nullptr && !reply.records->empty()) {
        BytesView rest = *reply.records;
        while (store(rest)) {
            const BytesView batch = RecordBatchView(rest).bytes();
            effects_.log.push_back(AppendToLog{copy(batch)});
            rest = rest.subspan(batch.size());
        }
    }
    raise_high_watermark(std::min(reply.high_watermark, log_.end()));
}

void Consensus::truncate(Offset end) {
    log_.truncate(end);
    voters_.truncate(end);
    effects_.log.push_back(TruncateLog{end});
}

bool Consensus::store(BytesView records) {
    // The last batch of a reply may be cut off: it is fetched again.
    const auto batch = RecordBatchView::parse(records);
    if (!batch || !batch->crc_matches() || batch->base_offset() != log_.end() || batch->last_offset_delta() < 0 ||
        batch->leader_epoch() < log_.last().epoch || batch->leader_epoch() > state_.epoch) {
        return false;
    }
    if (batch->is_control()) {
        const auto records_of_batch = control_records(*batch);
        if (!records_of_batch) {
            return false;
        }
        for (const ControlRecordView& record : *records_of_batch) {
            if (!voters_.learn(record)) {
                voters_.truncate(log_.end());
                return false;
            }
        }
    }
    log_.append(batch->leader_epoch(), batch->next_offset());
    return true;
}

void Consensus::on_reply(Moment now, NodeId from, const FetchSnapshotReply& reply) {
    auto* follower = std::get_if<Follower>(&role_);
    if (follower == nullptr || !follower->download) {
        return;
    }
    auto& download = *follower->download;
    if (reply.head.error == ErrorCode::snapshot_not_found || reply.head.error == ErrorCode::position_out_of_range) {
        // The leader has dropped it for a newer one: ask anew what it has.
        follower->download.reset();
        return;
    }
    if (!is_from_leader(from, reply.head) || reply.snapshot != download.snapshot ||
        reply.position != download.position || reply.bytes == nullptr || reply.bytes->empty()) {
        requests_.back_off(from, now.instant);
        return;
    }
    heard_of_leader(now);
    effects_.log.push_back(StoreSnapshotBytes{download.snapshot, download.position, reply.bytes});
    download.position += static_cast<std::int64_t>(reply.bytes->size());
    if (download.position >= reply.size) {
        download.whole = true;
        effects_.log.push_back(InstallSnapshot{download.snapshot});
    }
}

void Consensus::installed(
    Moment now, const SnapshotId& snapshot, const std::optional<VoterSet>& voters,
    std::optional<std::int16_t> kraft_version
) {
    log_.restart(snapshot);
    voters_.restart(snapshot.offset, voters, kraft_version);
    raise_high_watermark(snapshot.offset);
    if (auto* follower = std::get_if<Follower>(&role_)) {
        follower->download.reset();
    }
    tick(now);
}

void Consensus::install_failed(Moment now) {
    if (auto* follower = std::get_if<Follower>(&role_)) {
        follower->download.reset();
        requests_.back_off(state_.leader, now.instant);
    }
}

}  // namespace barnabas
