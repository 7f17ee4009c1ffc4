#pragma once

#include <chrono>
#include <optional>

#include "common/clock.h"

namespace barnabas {

/// When the state machine should write its next snapshot: after so many bytes of records, or so much time with any
/// record. A value.
class SnapshotSchedule {
public:
    struct Options {
        std::int64_t most_bytes;             ///< `metadata.log.max.record.bytes.between.snapshots`
        std::chrono::milliseconds interval;  ///< `metadata.log.max.snapshot.interval.ms`; 0 for none
    };

    SnapshotSchedule(Options options, Instant now) : options_(options), since_(now) {}

    void committed(std::size_t bytes) { bytes_ += static_cast<std::int64_t>(bytes); }

    /// True once; then a new count begins.
    bool due(Instant now) {
        if (bytes_ == 0 || (bytes_ < options_.most_bytes && now < next())) {
            return false;
        }
        bytes_ = 0;
        since_ = now;
        return true;
    }

    /// When `due` may be true without further records.
    [[nodiscard]] Instant next() const {
        return options_.interval.count() > 0 ? since_ + options_.interval : Instant::max();
    }

private:
    Options options_;
    Instant since_;
    std::int64_t bytes_ = 0;
};

}  // namespace barnabas
