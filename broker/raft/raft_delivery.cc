// The part of the driver that faces the state machines: delivery of what is committed, and snapshots.
#include <algorithm>

#include "raft/raft_driver.h"

namespace barnabas {

using namespace raft;

void RaftDriver::subscribe(RaftListener& listener) {
    auto subscriber = std::make_unique<Subscriber>();
    subscriber->listener = &listener;
    subscribers_.push_back(std::move(subscriber));
    wake();
}

void RaftDriver::unsubscribe(RaftListener& listener) {
    // Only marked: it may be unsubscribing in the middle of a delivery.
    for (const auto& subscriber : subscribers_) {
        if (subscriber->listener == &listener) {
            subscriber->listener = nullptr;
        }
    }
}

Expected<void> RaftDriver::deliver() {
    // By index: a listener may subscribe another.
    for (std::size_t i = 0; i < subscribers_.size(); ++i) {
        if (auto delivered = deliver(*subscribers_[i]); !delivered) {
            return delivered;
        }
    }
    counted_ = consensus_.high_watermark();
    std::erase_if(subscribers_, [](const auto& subscriber) { return subscriber->listener == nullptr; });
    if (!subscribers_.empty() && schedule_.due(clock_.now())) {
        for (std::size_t i = 0; i < subscribers_.size(); ++i) {
            if (subscribers_[i]->listener != nullptr) {
                subscribers_[i]->listener->on_snapshot_due();
            }
        }
    }
    return {};
}

Expected<void> RaftDriver::deliver(Subscriber& subscriber) {
    const auto latest = log_.snapshots().latest();
    const bool from_the_start = subscriber.next == Offset{0} && latest && latest->offset > Offset{0};
    if (latest && (from_the_start || subscriber.next < log_.start())) {
        if (auto loaded = load_snapshot(subscriber, *latest); !loaded) {
            return loaded;
        }
    }
    const auto delivered =
        log_.for_each_batch(subscriber.next, consensus_.high_watermark(), [&](RecordBatchView batch) {
            return deliver_batch(subscriber, batch);
        });
    if (delivered) {
        tell_leadership(subscriber);
    }
    return delivered;
}

Expected<void> RaftDriver::load_snapshot(Subscriber& subscriber, const SnapshotId& snapshot) {
    auto reader = log_.snapshots().read(snapshot);
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    subscriber.next = snapshot.offset;
    const auto loaded =
        subscriber.listener == nullptr ? Expected<void>() : subscriber.listener->on_load_snapshot(*reader);
    return loaded ? loaded : std::unexpected(log_.snapshots().unreadable(snapshot, loaded.error()));
}

Expected<void> RaftDriver::deliver_batch(Subscriber& subscriber, RecordBatchView batch) {
    subscriber.next = batch.next_offset();
    if (subscriber.listener == nullptr) {
        return {};
    }
    std::vector<BytesView> values;
    auto records = RecordReader::open(batch);
    if (!records) {
        return std::unexpected(std::move(records).error());
    }
    while (!batch.is_control()) {
        const auto record = records->next();
        if (!record || (*record && !(*record)->value)) {
            return fail(
                ErrorCode::corrupt_message,
                fmt::format("the metadata log has no readable record in its batch at {}", batch.base_offset().value)
            );
        }
        if (!*record) {
            break;
        }
        values.push_back(*(*record)->value);
    }
    if (batch.base_offset() >= counted_) {
        counted_ = batch.next_offset();
        schedule_.committed(batch.size());
    }
    subscriber.listener->on_commit(
        {batch.base_offset(), batch.last_offset(), batch.leader_epoch(), batch.max_timestamp(), values, batch.size()}
    );
    return {};
}

void RaftDriver::tell_leadership(Subscriber& subscriber) const {
    Leadership now = leadership_;
    if (now.epoch_start != no_offset && subscriber.next <= now.epoch_start) {
        // It leads, but the listener has not seen all that was before; until then nobody does.
        now = {no_node, now.epoch, no_offset};
    }
    if (subscriber.listener != nullptr && now != subscriber.told) {
        subscriber.told = now;
        subscriber.listener->on_leader_change(now.leader, now.epoch);
    }
}

Expected<std::unique_ptr<SnapshotWriter>> RaftDriver::create_snapshot(Offset end, Timestamp last_append) {
    if (end > consensus_.high_watermark() || end <= Offset{0}) {
        return fail(
            ErrorCode::invalid_request, fmt::format(
                                            "a snapshot cannot end at {}: committed is what lies below {}", end.value,
                                            consensus_.high_watermark().value
                                        )
        );
    }
    const auto latest = latest_snapshot();
    if (latest && latest->offset >= end) {
        return nullptr;
    }
    const auto epoch = log_.epoch_at(end - 1);
    if (!epoch) {
        return fail(ErrorCode::invalid_request, fmt::format("the log does not hold offset {} any more", end.value - 1));
    }
    SnapshotWriter::Options options;
    options.id = {*epoch, end};
    options.last_append = last_append;
    options.most_batch_bytes = options_.consensus.most_batch_bytes;
    options.kraft_version = consensus_.voters().kraft_version_before(end);
    options.voters = consensus_.voters().voters_before(end);
    const std::string path = log_.snapshots().path(options.id);
    return SnapshotWriter::create(files_, path, std::move(options), clock_.timestamp());
}

Expected<void> RaftDriver::snapshot_frozen(const SnapshotId& snapshot) {
    if (auto added = log_.snapshots().add(snapshot); !added) {
        return added;
    }
    consensus_.add_snapshot(snapshot);
    return clean();
}

}  // namespace barnabas
