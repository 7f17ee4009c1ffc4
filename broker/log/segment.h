#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "log/batch_scanner.h"
#include "log/log_slice.h"
#include "log/offset_index.h"
#include "log/time_index.h"
#include "log/transaction_index.h"
#include "model/record_batch.h"

namespace barnabas {

/// Indexes keep offsets as 31 bits from the base offset of the segment.
inline constexpr std::int64_t most_relative_offset = std::numeric_limits<std::int32_t>::max();

/// Where a batch stands in a segment.
struct BatchPlace {
    Offset base_offset;
    Offset last_offset;
    std::int64_t position = 0;
    std::int64_t size = 0;
    Timestamp max_timestamp = no_timestamp;

    [[nodiscard]] std::int64_t end() const { return position + size; }
};

/// A record that a timestamp was looked up for.
struct FoundOffset {
    Timestamp timestamp = no_timestamp;
    Offset offset = no_offset;
    LeaderEpoch epoch = no_leader_epoch;
    bool operator==(const FoundOffset&) const = default;
};

/// A stretch of a partition's log in a file of its own, with its indexes.
///
/// One writer at a time: the partition's mutex guards append, truncate, roll, rename. Look-ups and reads run on any
/// thread beside it and see whole batches up to `size()` at the moment they asked. A segment that is not appended to
/// holds no descriptor; readers share one that closes with the last of them.
class Segment {
public:
    struct Options {
        std::int32_t index_interval_bytes = 4096;
        std::int32_t index_bytes = 10 << 20;  ///< most bytes of an index; the segment is rolled when it is full
        std::int64_t preallocate_bytes = 0;   ///< 0 for none
        std::int64_t segment_bytes = std::numeric_limits<std::int64_t>::max();  ///< it takes no batch beyond
    };

    /// Opens the files of the segment that begins at `base`, or creates the log file. `extra` is a suffix behind all
    /// names (".cleaned"). Index files are not judged (see `sanity()`), and are created when they are first written.
    static Expected<std::shared_ptr<Segment>> open(
        FileSystem& files, const std::string& directory, Offset base, Options options, std::string_view extra = {}
    );
    /// Creates the log file of a segment in a folder that holds none of its files yet.
    static Expected<std::shared_ptr<Segment>> create(
        FileSystem& files, const std::string& directory, Offset base, Options options
    );

    [[nodiscard]] Offset base_offset() const { return base_; }
    [[nodiscard]] std::int64_t size() const { return size_.load(std::memory_order_acquire); }
    /// When the log file was last changed.
    [[nodiscard]] Timestamp modified() const;
    /// The largest timestamp and the last offset of its batch; no timestamp in an empty segment.
    [[nodiscard]] TimestampOffset largest_timestamp() const;
    /// Kafka's age of a segment: the largest timestamp, or without one the file's modification time.
    [[nodiscard]] Timestamp age_timestamp() const;
    /// Of the first batch; nothing in an empty segment.
    [[nodiscard]] Expected<std::optional<Timestamp>> first_timestamp() const;

    /// Appends whole batches whose offsets are in place, and indexes them. After an error nothing counts as appended.
    ///
    /// The file of a segment that grows ends in up to 64 KiB of zeros, until it is sealed or rests: the page cache then
    /// takes large pieces, which halves what a write of a few KiB costs. Behind them it has up to 16 MiB of the device
    /// reserved, and no more than a quarter of what it holds: finding room for each page by itself costs a third more.
    /// Near `segment_bytes` it has neither, so that the append that rolls the segment has nothing to cut off.
    Expected<void> append(BytesView batches);
    /// Has the system begin to write what was appended since the last call, below the byte `end`. Any thread that may
    /// wait for the device.
    void begin_sync(std::int64_t end);

    /// Whether batches of `bytes` up to `last_offset` no longer fit: size, full index, 31 bits of relative offset.
    [[nodiscard]] bool full_for(std::int64_t bytes, Offset last_offset, std::int64_t segment_bytes) const;

    // From memory, `find` and `slice` fail with request_timed_out where a batch header is not there.

    /// Where the first batch that ends at or above `offset` begins; nothing when there is none.
    [[nodiscard]] Expected<std::optional<BatchPlace>> find(Offset offset, ReadFrom from = ReadFrom::device) const;

    /// Whole batches from `start`, which begins a batch, below `limit` (a byte that ends a batch), at most `most`
    /// bytes, but at least one batch when there is one and `at_least_one`.
    [[nodiscard]] Expected<LogSlice> slice(
        std::int64_t start, std::int64_t limit, std::int64_t most, bool at_least_one, ReadFrom from = ReadFrom::device
    ) const;

    /// The first record at or above `from` whose timestamp is at least `timestamp`; nothing when all are older.
    [[nodiscard]] Expected<std::optional<FoundOffset>> find_timestamp(Timestamp timestamp, Offset from) const;

    /// The first record with the largest timestamp of the segment.
    [[nodiscard]] Expected<std::optional<FoundOffset>> find_largest_timestamp() const;

    /// Calls `each` for the batches from the byte `from` up to `size()`, whole batches in memory, until it returns
    /// false. Errors: corrupt_message where no batch begins.
    Expected<void> for_each_batch(
        std::int64_t from, const std::function<Expected<bool>(RecordBatchView, std::int64_t)>& each
    ) const;

    /// The offset that the next record would get, by the last batch; the base of an empty segment.
    [[nodiscard]] Expected<Offset> next_offset() const;

    /// Drops the batches that hold `offset` or begin above. Answers how many bytes went.
    Expected<std::int64_t> truncate_to(Offset offset);

    /// What is wrong with the index files, if anything: missing, or of another log. Then `recover()` mends.
    [[nodiscard]] Expected<std::optional<std::string>> sanity() const;

    struct Recovered {
        std::int64_t cut_bytes = 0;  ///< of a tail that was no whole, valid batch
        std::string reason;          ///< why it was cut; empty where there were only zeros
    };
    /// Reads every batch with its checksum, cuts the file at the first that is not whole and valid, and rebuilds the
    /// offset and time index. `each` sees each good batch, and may refuse it, which cuts there too. The transaction
    /// index is emptied: `each` fills it again.
    Expected<Recovered> recover(const std::function<Expected<bool>(RecordBatchView)>& each);

    /// The segment takes no more appends for now: completes the indexes, writes them, cuts off what was reserved or
    /// left behind by a failed append, and gives up its descriptors. The indexes do not wait for `flush()`: the device
    /// may be full by then.
    Expected<void> seal();

    /// Holds no descriptor, and no room behind the last batch, until the next append.
    void rest();

    /// The log to the device, and once the segment was sealed its indexes too. Those of a segment that is still
    /// appended to are made anew after a crash.
    Expected<void> flush();
    /// Whether it was sealed, and its indexes may not be on the device yet.
    [[nodiscard]] bool indexes_pending() const { return indexes_pending_.load(std::memory_order_acquire); }

    /// Changes the suffix behind all file names ("" -> ".deleted", ".cleaned" -> ".swap" ...).
    Expected<void> change_suffix(std::string_view extra);
    /// The partition's folder was renamed.
    void moved_to(const std::string& directory);
    [[nodiscard]] std::vector<std::string> paths() const;
    /// Its files go, and are not made again.
    Expected<void> remove();

    [[nodiscard]] TransactionIndex& aborted() { return *aborted_; }
    [[nodiscard]] const TransactionIndex& aborted() const { return *aborted_; }
    [[nodiscard]] const OffsetIndex& offset_index() const { return *offsets_; }
    [[nodiscard]] const TimeIndex& time_index() const { return *times_; }
    void configure(Options options) { options_ = options; }

private:
    Segment(FileSystem& files, std::string directory, Offset base, Options options, std::string_view extra);

    Expected<void> open_indexes(Presence presence);
    [[nodiscard]] std::string path(std::string_view file_suffix) const;
    [[nodiscard]] std::array<std::string, 4> all_paths() const;
    [[nodiscard]] Expected<std::shared_ptr<File>> handle() const;
    Expected<std::shared_ptr<File>> writer();
    /// A byte at or before the batch that holds `offset`, where a batch begins.
    [[nodiscard]] Expected<std::int64_t> position_before(Offset offset) const;
    [[nodiscard]] Expected<std::optional<FoundOffset>> find_record(
        BatchScanner& scanner, Timestamp timestamp, Offset from
    ) const;
    /// Notes a batch that stands at `position` in the indexes, when it is time for an entry.
    IoResult<void> index(RecordBatchView batch, std::int64_t position);
    IoResult<void> index_all(BytesView batches, std::int64_t position);
    IoResult<void> write(File& file, std::int64_t position, BytesView batches);
    void reserve(File& file, std::int64_t end);
    /// The file ends with `size()`, and so does what it reserved.
    IoResult<void> give_back_room(File& file);
    Expected<void> reset_indexes();

    FileSystem& files_;
    Offset base_;
    Options options_;
    std::atomic<std::int64_t> size_ = 0;
    std::int64_t since_index_entry_ = 0;
    std::int64_t file_end_ = 0;                 ///< of the file, with the room behind `size_`; the writer's
    std::int64_t reserved_ = 0;                 ///< the device has room for the file up to here; the writer's
    std::atomic<std::int64_t> sync_begun_ = 0;  ///< the bytes before it were handed to the device by `begin_sync()`
    std::atomic<bool> indexes_pending_ = false;

    mutable std::mutex mutex_;  ///< guards what follows; held for moments
    std::string directory_;
    std::string extra_;
    bool removed_ = false;
    std::shared_ptr<File> open_;          ///< while active
    mutable std::weak_ptr<File> shared_;  ///< the descriptor that readers share
    TimestampOffset largest_;
    /// The first batch of the last append: where readers at the end begin to look.
    Offset newest_ = no_offset;
    std::int64_t newest_position_ = 0;

    std::unique_ptr<OffsetIndex> offsets_;
    std::unique_ptr<TimeIndex> times_;
    std::unique_ptr<TransactionIndex> aborted_;
};

}  // namespace barnabas
