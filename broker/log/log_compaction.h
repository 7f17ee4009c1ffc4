#pragma once

#include "log/batch_compaction.h"
#include "log/cleaning_range.h"
#include "log/hosted_log.h"

#include <utility>

namespace barnabas {

/// What the cleaner must know of a segment, without its first timestamp.
[[nodiscard]] CleanerSegment cleaner_segment(const Segment& segment);

/// One cleaning of one log, done in pieces: reads the dirty part for its keys, then writes the segments up to its end
/// anew and puts them in the place of the old ones, group by group. When it is given up between two pieces, what was
/// put in place stays, and is right.
///
/// One thread at a time; takes the partition's mutex for moments only.
class LogCompaction {
public:
    struct Options {
        std::size_t most_keys;    ///< memory bound of the offset map
        double load_factor;       ///< `log.cleaner.io.buffer.load.factor`
        std::int64_t step_bytes;  ///< how much a step reads, about: `log.cleaner.io.buffer.size`
        std::array<std::uint64_t, 2> secret;
    };

    LogCompaction(
        FileSystem& files, std::shared_ptr<HostedLog> hosted, CleaningRange range, Options options, Timestamp time
    );
    ~LogCompaction();
    LogCompaction(const LogCompaction&) = delete;
    LogCompaction& operator=(const LogCompaction&) = delete;

    enum class Outcome : std::uint8_t {
        more,  ///< call `step()` again
        done,
        overtaken,  ///< the log changed under it (deletion, truncation, retention): give it up, clean again later
    };
    struct Step {
        Outcome outcome = Outcome::more;
        std::int64_t bytes = 0;  ///< read and written
    };
    /// Errors: corrupt_message: the log cannot be cleaned as it is; kafka_storage_error.
    [[nodiscard]] Expected<Step> step();

    /// Files that left the log since the last call.
    [[nodiscard]] std::vector<RetiredFiles> take_retired() { return std::exchange(retired_, {}); }

    /// Once done: below it, each key stands once.
    [[nodiscard]] Offset clean_end() const { return keys_.end(); }

    struct Sums {
        std::int64_t bytes_before = 0, bytes_after = 0, records_before = 0, records_after = 0;
    };
    [[nodiscard]] const Sums& sums() const { return sums_; }
    [[nodiscard]] const std::shared_ptr<HostedLog>& hosted() const { return hosted_; }
    [[nodiscard]] const CleaningRange& range() const { return range_; }
    /// The topic's, as it was when the cleaning began.
    [[nodiscard]] const TopicConfig& config() const { return *config_; }

private:
    struct Source {
        std::shared_ptr<Segment> segment;
        std::int64_t bytes = 0;  ///< when it was chosen: it must not have changed when it is replaced
    };

    Expected<void> plan_reading();
    Expected<Step> read_keys();
    Expected<void> plan_groups();
    Expected<Step> clean_group();
    Expected<void> begin_group();
    Expected<void> take(const RecordBatchView& batch);
    Expected<void> write_out();
    Expected<Outcome> put_in_place();
    void discard_cleaned();
    [[nodiscard]] BatchCompaction::Rules rules() const;

    FileSystem& files_;
    const std::shared_ptr<HostedLog> hosted_;
    const CleaningRange range_;
    const Options options_;
    const Timestamp time_;
    std::shared_ptr<const TopicConfig> config_;
    std::uint64_t cuts_ = 0;  ///< of the log before: a key that is seen in the dirty part must not be cut away since
    DirtyKeys keys_;

    std::vector<Source> sources_;  ///< to be read for keys, then those of the group at hand
    std::size_t source_ = 0;
    std::int64_t position_ = -1;  ///< in the source at hand; -1 before it was entered
    bool keys_known_ = false;

    std::vector<std::vector<Source>> groups_;  ///< last first
    std::optional<BatchCompaction> compaction_;
    std::shared_ptr<Segment> cleaned_;
    Bytes buffer_;
    Sums sums_;
    std::vector<RetiredFiles> retired_;
};

}  // namespace barnabas
