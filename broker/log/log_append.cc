// The part of Log that appends: a leader's and a follower's batches, and the segments they begin.

#include <fmt/format.h>

#include "common/random.h"
#include "log/log.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

/// What is handed to the device at a time (WriteBehind). Measured: less does not shorten the longest waits, and 8 MiB
/// doubles them.
constexpr std::int64_t much_bytes = 2 << 20;

std::unexpected<AppendFailure> refuse(Error error) {
    return std::unexpected(AppendFailure{std::move(error), {}});
}

template <class Each>
void for_each_batch(BytesView batches, Each each) {
    while (!batches.empty()) {
        const RecordBatchView batch(batches);
        each(batch);
        batches = batches.subspan(batch.size());
    }
}

/// The whole, valid batches at the front, in the order of their offsets from `next` on.
Expected<BytesView> check_replicated(BytesView bytes, Offset next) {
    std::size_t end = 0;
    while (bytes.size() - end > batch_layout::magic) {
        const BytesView rest = bytes.subspan(end);
        const auto length = load_big_endian<std::int32_t>(rest.data() + batch_layout::batch_length);
        if (length >= 0 && rest.size() - batch_layout::overhead < static_cast<std::size_t>(length)) {
            break;
        }
        const auto batch = RecordBatchView::parse(rest);
        if (!batch) {
            return std::unexpected(batch.error());
        }
        if (!batch->crc_matches()) {
            return fail(
                ErrorCode::corrupt_message,
                fmt::format("the batch at offset {} does not match its checksum", batch->base_offset().value)
            );
        }
        if (batch->base_offset() < next || batch->last_offset_delta() < 0) {
            return fail(
                ErrorCode::offset_out_of_range, fmt::format(
                                                    "a batch with offsets {} to {} does not follow {}",
                                                    batch->base_offset().value, batch->last_offset().value, next.value
                                                )
            );
        }
        next = batch->next_offset();
        end += batch->size();
    }
    return bytes.first(end);
}

Offset last_offset_of(BytesView batches) {
    Offset last;
    for_each_batch(batches, [&](RecordBatchView batch) { last = batch.last_offset(); });
    return last;
}

}  // namespace

std::expected<ValidatedBatches, AppendFailure> Log::validate(MutableBytes batches, AppendOrigin origin, Timestamp now)
    const {
    const auto config = config_now();
    return barnabas::validate(batches, {name_, *config, origin, now, options_.any_size});
}

std::expected<Appended, AppendFailure> Log::append(
    std::expected<ValidatedBatches, AppendFailure> valid, LeaderEpoch epoch, Timestamp now
) {
    if (auto usable = check_usable(); !usable) {
        return refuse(usable.error());
    }
    if (!valid) {
        return std::unexpected(std::move(valid).error());
    }
    Appended appended{.log_start = log_start()};
    if (valid->bytes.empty()) {
        return appended;
    }
    if (valid->bytes.size() > static_cast<std::size_t>(segment_bytes())) {
        return refuse(
            {ErrorCode::record_list_too_large,
             fmt::format(
                 "Message batch size is {} bytes in append to partition {}, which exceeds the maximum configured "
                 "segment size of {}.",
                 valid->bytes.size(), name_, segment_bytes()
             )}
        );
    }
    place(*valid, log_end(), epoch, now);
    if (valid->origin == AppendOrigin::client) {
        if (const auto duplicate = producers_.find_duplicate(RecordBatchView(valid->bytes))) {
            appended.first_offset = duplicate->first_offset();
            appended.last_offset = duplicate->last_offset;
            appended.log_append_time = duplicate->timestamp;
            appended.duplicate = true;
            return appended;
        }
    }
    const auto updates = prepare_producers(
        valid->bytes,
        valid->origin == AppendOrigin::client ? ProducerState::Origin::client : ProducerState::Origin::coordinator
    );
    if (!updates) {
        return refuse(updates.error());
    }
    if (auto done = append_checked(valid->bytes, *updates, valid->largest, now, appended); !done) {
        return refuse(done.error());
    }
    appended.first_offset = valid->first;
    appended.last_offset = valid->last;
    appended.log_append_time = valid->log_append_time ? now : no_timestamp;
    appended.records = valid->records;
    appended.bytes = static_cast<std::int64_t>(valid->bytes.size());
    return appended;
}

Expected<Appended> Log::append_as_follower(BytesView batches, Timestamp now) {
    if (auto usable = check_usable(); !usable) {
        return std::unexpected(usable.error());
    }
    const auto whole = check_replicated(batches, log_end());
    Appended appended{.log_start = log_start()};
    if (!whole || whole->empty()) {
        return whole ? Expected<Appended>(appended) : std::unexpected(whole.error());
    }
    const auto updates = prepare_producers(*whole, ProducerState::Origin::replication);
    if (!updates) {
        return std::unexpected(updates.error());
    }
    Timestamp largest = no_timestamp;
    for_each_batch(*whole, [&](RecordBatchView batch) {
        largest = std::max(largest, batch.max_timestamp());
        appended.last_offset = batch.last_offset();
        appended.records += batch.record_count();
    });
    if (auto done = append_checked(*whole, *updates, largest, now, appended); !done) {
        return std::unexpected(done.error());
    }
    appended.first_offset = RecordBatchView(*whole).base_offset();
    appended.bytes = static_cast<std::int64_t>(whole->size());
    return appended;
}

Expected<std::vector<ProducerState::Update>> Log::prepare_producers(BytesView batches, ProducerState::Origin origin) {
    std::vector<ProducerState::Update> updates;
    while (!batches.empty()) {
        const RecordBatchView batch(batches);
        batches = batches.subspan(batch.size());
        if (!batch.has_producer()) {
            continue;
        }
        const auto earlier = std::find_if(updates.rbegin(), updates.rend(), [&](const ProducerState::Update& each) {
            return each.entry.producer == batch.producer_id();
        });
        auto update = producers_.prepare(batch, origin, earlier == updates.rend() ? nullptr : &earlier->entry);
        if (!update) {
            return std::unexpected(update.error());
        }
        updates.push_back(*std::move(update));
    }
    return updates;
}

Expected<void> Log::append_checked(
    BytesView batches, const std::vector<ProducerState::Update>& updates, Timestamp largest, Timestamp now,
    Appended& appended
) {
    const auto rolled = roll_if_full(batches, largest, now);
    if (!rolled) {
        return std::unexpected(rolled.error());
    }
    appended.rolled = *rolled;
    const Offset end = last_offset_of(batches) + 1;
    if (auto assigned = assign_epochs(batches); !assigned) {
        return std::unexpected(assigned.error());
    }
    const std::int64_t before = active()->size();
    if (auto written = active()->append(batches); !written) {
        return written;
    }
    appended.much = before / much_bytes != active()->size() / much_bytes;
    if (!active_first_timestamp_) {
        active_first_timestamp_ = RecordBatchView(batches).max_timestamp();
    }
    const auto applied = apply_producers(updates);
    producers_.set_end(end);
    publish_log_end(end);
    publish_unstable();
    if (!applied) {
        // An aborted transaction that the index lacks would be read as committed.
        const std::scoped_lock lock(view_mutex_);
        failed_ = true;
        return applied;
    }
    return {};
}

Expected<void> Log::apply_producers(const std::vector<ProducerState::Update>& updates) {
    for (const ProducerState::Update& update : updates) {
        producers_.apply(update);
    }
    for (const ProducerState::Update& update : updates) {
        if (!update.completed) {
            continue;
        }
        const CompletedTransaction& done = *update.completed;
        if (done.aborted) {
            auto noted = active()->aborted().append(
                {done.producer, done.first_offset, done.last_offset, producers_.last_stable_after(done)}
            );
            if (!noted) {
                return noted;
            }
        }
        producers_.complete(done);
    }
    return {};
}

Expected<void> Log::assign_epochs(BytesView batches) {
    for_each_batch(batches, [&](RecordBatchView batch) {
        if (batch.leader_epoch() > latest_epoch()) {
            epoch_unwritten_ |= epochs_.assign(batch.leader_epoch(), batch.base_offset());
        }
    });
    if (!epoch_unwritten_) {
        return {};
    }
    // Synced with the records: recovery reads epochs anew from those that were not.
    return write_epochs(Durability::unsynced);
}

Expected<bool> Log::roll_if_full(BytesView batches, Timestamp largest, Timestamp now) {
    const Segment& segment = *active();
    bool full = segment.full_for(static_cast<std::int64_t>(batches.size()), last_offset_of(batches), segment_bytes());
    if (!full && segment.size() > 0) {
        if (!active_first_timestamp_) {
            const auto first = segment.first_timestamp();
            if (!first) {
                return std::unexpected(first.error());
            }
            active_first_timestamp_ = *first;
        }
        const bool stamped = active_first_timestamp_ && active_first_timestamp_->time_since_epoch().count() >= 0;
        const auto age = stamped ? largest - *active_first_timestamp_ : now - active_created_;
        full = age > config_->segment_ms - jitter_;
    }
    if (!full) {
        return false;
    }
    const auto rolled = roll_at(RecordBatchView(batches).base_offset(), now);
    return rolled ? Expected<bool>(true) : std::unexpected(rolled.error());
}

Expected<void> Log::roll(Timestamp now) {
    return active()->size() > 0 ? roll_at(log_end(), now) : Expected<void>();
}

Expected<void> Log::roll_at(Offset base, Timestamp now) {
    if (active()->base_offset() == base) {
        return {};  // an empty segment that begins there: nothing to close
    }
    producers_.set_end(base);
    if (auto wrote = snapshots_->write(producers_, false); !wrote) {
        return wrote;
    }
    if (auto sealed = active()->seal(); !sealed) {
        return sealed;
    }
    auto segment = Segment::create(files_, directory_, base, segment_options());
    if (!segment) {
        return std::unexpected(segment.error());
    }
    auto segments = std::make_shared<SegmentMap>(*segments_);
    segments->insert_or_assign(base, *std::move(segment));
    publish(std::move(segments));
    begin_active(now);
    publish_log_end(log_end());
    return {};
}

void Log::begin_active(Timestamp now) {
    const auto most = std::min(config_->segment_jitter_ms, config_->segment_ms);
    jitter_ = std::chrono::milliseconds(most.count() > 0 ? Random(++options_.seed).below(most.count()) : 0);
    active_first_timestamp_.reset();
    active_created_ = now;
}

}  // namespace barnabas
