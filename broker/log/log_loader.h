#pragma once

#include "log/log.h"

namespace barnabas {

/// Opens a log: clears up what a crash left half done, loads the segments, recovers those past the recovery point
/// after an unclean shutdown, and fills a `Log` with what it found. Used once, on the thread that opens the log.
class LogLoader {
public:
    LogLoader(Log& log, Timestamp now, const RecoveryListener& listener) : log_(log), now_(now), listener_(listener) {}

    Expected<void> load();

private:
    using Step = Expected<void> (LogLoader::*)();

    Expected<void> make_directory();
    Expected<void> list_files();
    /// The small file of that name, if the folder has one.
    [[nodiscard]] IoResult<std::optional<Bytes>> read(std::string_view name) const;
    Expected<void> find_snapshots();
    /// ".deleted" and ".cleaned" go; ".swap" files that are complete take the places of what they replace.
    Expected<void> finish_interrupted_work();
    Expected<void> complete_swap(const std::vector<std::string>& names);
    Expected<void> load_segments();
    Expected<void> load_epochs();
    Expected<void> load_topic_id();
    Expected<void> recover_segments();
    Expected<void> settle_ends();
    /// Segments that only get deleted in their order have no holes between them, unless somebody took a file away.
    Expected<void> tell_of_missing_segments();
    Expected<void> load_producers();

    /// Reads a segment through, with everything that depends on its records. True when a bad tail was cut.
    Expected<bool> recover(Segment& segment);
    void tell_cut(const Segment& segment, const Segment::Recovered& recovered) const;
    Expected<bool> replay_batch(Segment& segment, RecordBatchView batch);
    Expected<void> drop_segments_after(Offset base);
    Expected<void> rebuild_epochs();
    void report(const Segment& segment, std::int64_t done);

    Log& log_;
    Timestamp now_;
    const RecoveryListener& listener_;
    SegmentMap segments_;
    std::vector<std::string> names_;  ///< of the files in the folder
    std::optional<LeaderEpochs> epochs_on_disk_;
    bool epochs_stand_ = false;   ///< the file tells them, but for what the log's ends cut off, now and at every start
    std::vector<Offset> faulty_;  ///< bases of segments whose indexes must be made anew
    Offset log_end_;
    std::int64_t bytes_done_ = 0;
    std::int64_t bytes_total_ = 0;
    bool recovered_ = false;
};

}  // namespace barnabas
