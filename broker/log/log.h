#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "config/topic_config.h"
#include "log/batch_validation.h"
#include "log/leader_epochs.h"
#include "log/log_slice.h"
#include "log/producer_snapshots.h"
#include "log/producer_state.h"
#include "log/retired_files.h"
#include "log/segment.h"
#include "model/topic_partition.h"

namespace barnabas {

/// What a log is opened with.
struct LogOptions {
    TopicPartition partition;
    std::string directory;  ///< the partition's folder; made when absent
    std::shared_ptr<const TopicConfig> config;
    Offset log_start{0};       ///< of `log-start-offset-checkpoint`
    Offset recovery_point{0};  ///< of `recovery-point-offset-checkpoint`
    bool clean_shutdown = false;
    std::chrono::milliseconds producer_id_expiration{86400000};  ///< `producer.id.expiration.ms`
    std::uint64_t seed = 0;                                      ///< of `segment.jitter.ms`
    bool any_size = false;                                       ///< `max.message.bytes` does not apply
};

/// How recovery goes on; called now and then, on the thread that opens the log.
struct RecoveryProgress {
    Offset segment;
    std::int64_t bytes_done = 0;
    std::int64_t bytes_total = 0;
};
using RecoveryListener = std::function<void(const RecoveryProgress&)>;

/// Up to where a read may go.
enum class ReadUpTo : std::uint8_t { log_end, high_watermark, last_stable };

/// What ListOffsets asks for in place of a timestamp.
namespace list_offsets {
inline constexpr std::int64_t latest = -1, earliest = -2, max_timestamp = -3, earliest_local = -4, latest_tiered = -5,
                              earliest_pending_upload = -6;
}  // namespace list_offsets

/// The log of one replica of one partition: its segments on one disk, producer state and leader epochs, in Apache
/// Kafka's files.
///
/// Threads. The partition's mutex guards every function of the first part ("under the partition's mutex"): one caller
/// at a time. Those of the second part ("from any thread") take no lock that a disk access is made under, and may run
/// beside an append: they see the log as it was when they were called. Nothing here waits, starts threads or timers;
/// what may take long (open, flush, recovery, retire, remove_retired) belongs on a background thread.
///
/// Errors of the disk are kafka_storage_error. After a failed write the append did not happen, and the log goes on;
/// after a failed sync `failed()` holds, everything is refused, and the log must be opened anew.
class Log {
public:
    /// Loads, and after an unclean shutdown recovers what lies past the recovery point. Creates an empty log where
    /// there is none. `files` outlives the log.
    static Expected<std::unique_ptr<Log>> open(
        FileSystem& files, LogOptions options, Timestamp now, const RecoveryListener& listener = {}
    );
    ~Log();

    // ------------------------------------------------------------------ under the partition's mutex: appending

    /// The leader's append of what `validate` answered, whose failure it passes on after the log's own: writes offsets
    /// and the epoch into the batches. Duplicates of an idempotent producer succeed with the first answer.
    std::expected<Appended, AppendFailure> append(
        std::expected<ValidatedBatches, AppendFailure> valid, LeaderEpoch epoch, Timestamp now
    );

    /// A follower's append, and the metadata log's: offsets and epochs stand in the batches, which must follow the log
    /// end without an overlap. A cut off last batch is left out.
    Expected<Appended> append_as_follower(BytesView batches, Timestamp now);

    /// Records above `offset` may not be read by consumers yet. Bounded by log start and log end.
    void set_high_watermark(Offset offset);

    /// Begins a new segment now, if the active one has a record.
    Expected<void> roll(Timestamp now);
    // ------------------------------------------------------------------ under the partition's mutex: shrinking

    /// The lowest offset that the log was cut at since this was asked last: what stands above was written after that.
    [[nodiscard]] std::optional<Offset> take_cut() { return std::exchange(cut_, std::nullopt); }
    /// How often the log was cut.
    [[nodiscard]] std::uint64_t cuts() const;

    /// Drops what lies at and above `offset`. True when something was dropped.
    Expected<bool> truncate_to(Offset offset, Timestamp now);
    /// Drops everything; the log goes on at `offset`.
    Expected<void> truncate_fully_and_start_at(Offset offset, Timestamp now);
    /// DeleteRecords, or a follower that learns its leader's log start. Errors: offset_out_of_range above the high
    /// watermark. False when the log starts there or above already.
    Expected<bool> move_log_start(Offset offset);
    /// Retention by time, size, then log start offset, as the configuration says. For compacted topics without
    /// "delete" only what lies below the log start. The caller then retires the files, which takes the file system's
    /// time, without the mutex.
    Expected<LeavingSegments> take_old_segments(Timestamp now);
    /// For the cleaner: `replacements`, built with the suffix ".cleaned" and on the device, take the place of
    /// `replaced`. The caller then calls `finish_replacement` without the mutex, and flushes nothing before that. In
    /// steps that a crash leaves whole.
    Expected<LeavingSegments> replace_segments(
        const std::vector<std::shared_ptr<Segment>>& replacements, const std::vector<std::shared_ptr<Segment>>& replaced
    );

    // ------------------------------------------------------------------ under the partition's mutex: the rest

    void set_config(std::shared_ptr<const TopicConfig> config);
    [[nodiscard]] const TopicConfig& config() const { return *config_; }
    [[nodiscard]] const LeaderEpochs& leader_epochs() const { return epochs_; }
    /// This replica became leader in `epoch`: its first record will stand at the log end. The file learns it with that
    /// record: until then every start finds it anew.
    void begin_leader_epoch(LeaderEpoch epoch);
    [[nodiscard]] LeaderEpoch latest_epoch() const;
    [[nodiscard]] LeaderEpochs::EndOffset epoch_end_offset(LeaderEpoch epoch) const;
    /// For DescribeProducers and the transaction checks.
    [[nodiscard]] const ProducerState& producers() const { return producers_; }
    /// Call now and then: `producer.id.expiration.check.interval.ms`.
    void expire_producers(Timestamp now) { producers_.expire(now); }
    void set_producer_id_expiration(std::chrono::milliseconds expiration) { producers_.set_expiration(expiration); }

    [[nodiscard]] std::optional<TopicId> topic_id() const { return topic_id_; }
    /// Writes `partition.metadata`, which reaches the device no later than the first record. Errors:
    /// inconsistent_topic_id when the folder is another topic's.
    Expected<void> set_topic_id(const TopicId& topic);

    /// Whether `flush.messages` or `flush.ms` asks for a flush; the caller then runs `flush(log_end())` in the
    /// background or, where a produce must wait for it, at once.
    [[nodiscard]] bool flush_due(Timestamp now) const;

    /// Call now and then: gives up the descriptors of a log that nothing was appended to since the last call.
    void rest_if_idle();

    /// Renames the folder: topic deletion ("-delete"), or a move between disks ("-future").
    Expected<void> rename_directory(const std::string& directory);
    /// Removes the folder and all in it. The log must not be used afterwards.
    Expected<void> remove();
    /// Flushes, writes the producer snapshot and completes the indexes. Nothing may be appended afterwards.
    Expected<void> close();

    // ------------------------------------------------------------------ from any thread

    [[nodiscard]] const TopicPartition& partition() const { return options_.partition; }
    [[nodiscard]] std::string directory() const;
    [[nodiscard]] Offset log_start() const;
    [[nodiscard]] Offset log_end() const;
    [[nodiscard]] LogPosition log_end_position() const;
    [[nodiscard]] Offset high_watermark() const;
    [[nodiscard]] Offset last_stable_offset() const;
    /// Below it everything is on the device.
    [[nodiscard]] Offset recovery_point() const;
    [[nodiscard]] std::int64_t size() const;
    [[nodiscard]] std::shared_ptr<const SegmentMap> segments() const;
    [[nodiscard]] bool failed() const;

    /// Checks batches as Kafka does, by the configuration of this moment, for `append`.
    [[nodiscard]] std::expected<ValidatedBatches, AppendFailure> validate(
        MutableBytes batches, AppendOrigin origin, Timestamp now
    ) const;

    /// Whole batches from the one that holds `offset`, of one segment, at most `most` bytes; with `at_least_one` one
    /// batch even if it is larger. Empty at the bound. Errors: offset_out_of_range outside of [log start, log end];
    /// request_timed_out when it may look at batch headers only in memory, and they are not there.
    [[nodiscard]] Expected<LogSlice> read(
        Offset offset, std::int64_t most, ReadUpTo bound, bool at_least_one, ReadFrom from = ReadFrom::device
    ) const;

    /// The aborted transactions that touch [from, to), for a read-committed reader.
    [[nodiscard]] Expected<std::vector<AbortedTransaction>> aborted_transactions(Offset from, Offset to) const;

    /// The first record with a timestamp of at least `timestamp`, or what a constant of `list_offsets` names ("latest"
    /// is the log end: the caller bounds it). Nothing when there is none. The epoch is filled where a record was found;
    /// for the others ask `leader_epochs()`.
    [[nodiscard]] Expected<std::optional<FoundOffset>> offset_for_timestamp(std::int64_t timestamp) const;

    /// The place of the batch that holds `offset`, or the log end's.
    [[nodiscard]] Expected<LogPosition> position_of(Offset offset) const;

    /// Brings everything below `up_to` to the device and moves the recovery point. Beside appends, but not beside
    /// another flush of the same log. Segments that begin at or above `up_to` are left alone.
    Expected<void> flush(Offset up_to, Timestamp now);

    /// Gives the files of a replacement their names. Not beside a flush.
    Expected<RetiredFiles> finish_replacement(
        const std::vector<std::shared_ptr<Segment>>& replacements, const LeavingSegments& replaced
    );

    /// Has the system begin to write what stands before `end` in the segment of `end`, if the log still has it. Beside
    /// anything; see WriteBehind.
    void begin_sync(LogPosition end);

private:
    /// What readers see, copied in one go.
    struct View {
        std::shared_ptr<const SegmentMap> segments;
        Offset log_start;
        LogPosition log_end;
        Offset high_watermark;
        Offset first_unstable{std::numeric_limits<std::int64_t>::max()};
    };

    friend class LogLoader;

    Log(FileSystem& files, LogOptions options);

    [[nodiscard]] View view() const;
    [[nodiscard]] std::shared_ptr<const TopicConfig> config_now() const;
    void publish(std::shared_ptr<const SegmentMap> segments);
    /// The log ends at `end`, at the active segment's last byte.
    void publish_log_end(Offset end);
    void publish_log_start(Offset start);
    void publish_unstable();
    [[nodiscard]] const std::shared_ptr<Segment>& active() const { return segments_->rbegin()->second; }
    [[nodiscard]] Segment::Options segment_options() const;
    [[nodiscard]] std::int32_t segment_bytes() const;
    [[nodiscard]] Expected<void> check_usable() const;

    /// What all appends end with: room, bytes, epochs, producers, the new log end. Fills in what is to be done in the
    /// background.
    Expected<void> append_checked(
        BytesView batches, const std::vector<ProducerState::Update>& updates, Timestamp largest, Timestamp now,
        Appended& appended
    );
    Expected<bool> roll_if_full(BytesView batches, Timestamp largest, Timestamp now);
    Expected<void> roll_at(Offset base, Timestamp now);
    void begin_active(Timestamp now);
    Expected<void> flush_segments(Offset from, Offset to);
    [[nodiscard]] bool has(const Segment& segment) const;
    Expected<std::vector<ProducerState::Update>> prepare_producers(BytesView batches, ProducerState::Origin origin);
    Expected<void> apply_producers(const std::vector<ProducerState::Update>& updates);
    Expected<void> assign_epochs(BytesView batches);
    enum class Durability : std::uint8_t { synced, unsynced };
    Expected<void> write_epochs(Durability durability);
    Expected<void> sync_small_files();

    /// They are no longer in the log.
    void leave(const std::vector<std::shared_ptr<Segment>>& segments, LeavingSegments& leaving);
    /// From the oldest segment on while `expired` says so of a segment and the base of the next.
    Expected<void> take_while(
        const std::function<bool(const Segment&, Offset)>& expired, Timestamp now, LeavingSegments& leaving
    );
    [[nodiscard]] Expected<LogSlice> read_view(
        const View& view, Offset offset, std::int64_t most, ReadUpTo bound, bool at_least_one, ReadFrom from
    ) const;
    [[nodiscard]] Expected<std::vector<AbortedTransaction>> aborted_in(const View& view, Offset from, Offset to) const;

    FileSystem& files_;
    LogOptions options_;
    std::string name_;                           ///< of the partition
    std::shared_ptr<const TopicConfig> config_;  ///< changes under both mutexes
    std::chrono::milliseconds jitter_{0};
    std::optional<Offset> cut_;
    std::optional<Timestamp> active_first_timestamp_;  ///< of the active segment, for rolling by time
    Timestamp active_created_ = no_timestamp;
    Offset end_at_rest_ = no_offset;  ///< the log end when `rest_if_idle()` was last called
    std::optional<TopicId> topic_id_;
    LeaderEpochs epochs_;
    bool epoch_unwritten_ = false;       ///< the file differs in what no record has yet
    bool epochs_begin_earlier_ = false;  ///< in the file, than the log
    ProducerState producers_;
    std::optional<ProducerSnapshots> snapshots_;  ///< always there once open
    std::shared_ptr<const SegmentMap> segments_;  ///< the writer's; `view_.segments` is the same

    mutable std::mutex view_mutex_;  ///< guards what follows; held for moments, never over I/O
    View view_;
    std::string directory_;
    Offset recovery_point_{0};
    Timestamp last_flush_ = no_timestamp;
    std::uint64_t truncations_ = 0;  ///< a flush that a truncation overtook proves nothing
    bool failed_ = false;
    bool topic_id_unsynced_ = false;  ///< of the files that tell them
    bool epochs_unsynced_ = false;
};

}  // namespace barnabas
