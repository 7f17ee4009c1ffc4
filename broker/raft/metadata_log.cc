#include "raft/metadata_log.h"

#include <fmt/format.h>

#include "log/storage_error.h"
#include "raft/format.h"
#include "raft/log_damage.h"

namespace barnabas {

namespace {

const TopicPartition metadata_partition{"__cluster_metadata", {0}};
constexpr TopicId metadata_topic_id{0, 1};
constexpr std::int64_t scan_bytes = 1 << 20;

}  // namespace

Expected<MetadataLog> MetadataLog::open(FileSystem& files, Options options, Timestamp now) {
    const std::string folder = fmt::format("{}/{}", options.directory, metadata_log_folder);
    if (auto made = files.make_directories(folder); !made) {
        return storage_failure(made.error());
    }
    if (auto whole = find_log_damage(files, folder); !whole) {
        return std::unexpected(std::move(whole).error());
    }
    LogOptions log_options;
    log_options.partition = metadata_partition;
    log_options.directory = folder;
    log_options.config = options.config;
    // Like Apache, it trusts no checkpoint: every batch is read again, which is little.
    auto log = Log::open(files, std::move(log_options), now);
    if (!log) {
        return std::unexpected(std::move(log).error());
    }
    auto snapshots = SnapshotFiles::open(files, folder);
    if (!snapshots) {
        return std::unexpected(std::move(snapshots).error());
    }
    MetadataLog metadata(files, std::move(options), *std::move(log), *std::move(snapshots));
    if (auto named = metadata.log_->set_topic_id(metadata_topic_id); !named) {
        return std::unexpected(std::move(named).error());
    }
    if (const auto latest = metadata.snapshots_.latest(); latest && latest->offset > metadata.end()) {
        // A crash after fetching a snapshot and before dropping the log for it.
        if (auto restarted = metadata.restart(*latest, now); !restarted) {
            return std::unexpected(std::move(restarted).error());
        }
    }
    if (const Offset start = metadata.start();
        start > Offset{0} && metadata.snapshots_.latest().value_or(SnapshotId{}).offset < start) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format(
                "{}: the log begins at offset {}, and no snapshot holds what was before; restore the .checkpoint file "
                "from a copy",
                folder, start.value
            )
        );
    }
    // What a killed process wrote but did not sync counts from now on as being on the device.
    if (auto flushed = metadata.flush(now); !flushed) {
        return std::unexpected(std::move(flushed).error());
    }
    return metadata;
}

LogOutline MetadataLog::outline() const {
    return {start(), end(), log_->leader_epochs(), snapshots_.ids()};
}

Expected<VoterHistory> MetadataLog::voter_history(const VoterSet& configured) const {
    VoterHistory history(configured);
    Offset from = start();
    if (const auto latest = snapshots_.latest()) {
        const auto reader = snapshots_.read(*latest);
        if (!reader) {
            return std::unexpected(reader.error());
        }
        history.restart(latest->offset, reader->voters(), reader->kraft_version());
        from = std::max(from, latest->offset);
    }
    const auto learned = for_each_batch(from, end(), [&](RecordBatchView batch) -> Expected<void> {
        if (!batch.is_control()) {
            return {};
        }
        const auto records = control_records(batch);
        if (!records) {
            return std::unexpected(records.error());
        }
        for (const ControlRecordView& record : *records) {
            if (auto known = history.learn(record); !known) {
                return known;
            }
        }
        return {};
    });
    return learned ? Expected<VoterHistory>(std::move(history)) : std::unexpected(learned.error());
}

Expected<void> MetadataLog::append(BytesView batches, Timestamp now) {
    const auto appended = log_->append_as_follower(batches, now);
    return appended ? Expected<void>() : std::unexpected(appended.error());
}

Expected<void> MetadataLog::flush(Timestamp now) {
    return log_->flush(end(), now);
}

Expected<void> MetadataLog::truncate(Offset end, Timestamp now) {
    const auto truncated = log_->truncate_to(end, now);
    return truncated ? Expected<void>() : std::unexpected(truncated.error());
}

Expected<void> MetadataLog::restart(const SnapshotId& snapshot, Timestamp now) {
    if (auto dropped = log_->truncate_fully_and_start_at(snapshot.offset, now); !dropped) {
        return dropped;
    }
    return retire_before(snapshot.offset, {}, now);
}

Expected<Bytes> MetadataLog::read(Offset offset, std::int64_t most) const {
    const auto slice = log_->read(offset, most, ReadUpTo::log_end, true);
    if (!slice) {
        return std::unexpected(slice.error());
    }
    if (slice->length == 0) {
        return Bytes();
    }
    auto bytes = slice->read();
    return bytes ? Expected<Bytes>(*std::move(bytes)) : storage_failure(bytes.error());
}

Expected<void> MetadataLog::for_each_batch(
    Offset from, Offset to, const std::function<Expected<void>(RecordBatchView)>& each
) const {
    while (from < to) {
        const auto bytes = read(from, scan_bytes);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        BytesView rest = *bytes;
        while (!rest.empty() && from < to) {
            const auto batch = RecordBatchView::parse(rest);
            if (!batch) {
                return std::unexpected(batch.error());
            }
            if (auto done = each(*batch); !done) {
                return done;
            }
            from = batch->next_offset();
            rest = rest.subspan(batch->size());
        }
        if (bytes->empty()) {
            return fail(ErrorCode::kafka_storage_error, fmt::format("the metadata log has no offset {}", from.value));
        }
    }
    return {};
}

std::optional<LeaderEpoch> MetadataLog::epoch_at(Offset offset) const {
    return log_->leader_epochs().epoch_at(offset);
}

Expected<bool> MetadataLog::clean(Instant now, Timestamp timestamp) {
    std::erase_if(retired_, [&](const Retired& retired) {
        return retired.remove_at <= now && remove_retired(files_, retired.files).has_value();
    });
    std::vector<SnapshotFiles::Snapshot> snapshots;
    for (const auto& [id, snapshot] : snapshots_.snapshots()) {
        snapshots.push_back(snapshot);
    }
    const auto keep_from =
        retention_start(snapshots, log_->size(), options_.retention_bytes, options_.retention, timestamp);
    if (!keep_from || *keep_from <= start()) {
        return false;
    }
    const auto moved = log_->move_log_start(*keep_from);
    if (!moved) {
        return std::unexpected(moved.error());
    }
    const auto retired = retire_before(*keep_from, now, timestamp);
    return retired ? Expected<bool>(true) : std::unexpected(retired.error());
}

Expected<void> MetadataLog::retire_before(Offset start, Instant now, Timestamp timestamp) {
    const auto leaving = log_->take_old_segments(timestamp);
    auto retired = leaving ? retire(files_, *leaving) : std::unexpected(leaving.error());
    if (!retired) {
        return std::unexpected(std::move(retired).error());
    }
    auto snapshots = snapshots_.retire_before(start);
    if (!snapshots) {
        return std::unexpected(std::move(snapshots).error());
    }
    retired->paths.insert(retired->paths.end(), snapshots->begin(), snapshots->end());
    if (!retired->paths.empty()) {
        retired_.push_back({now + options_.delete_delay, *std::move(retired)});
    }
    return {};
}

}  // namespace barnabas
