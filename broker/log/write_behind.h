#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "common/clock.h"
#include "log/hosted_log.h"

namespace barnabas {

/// What is to go to the device some time after it was appended, piece by piece and in that order.
///
/// In pieces, because a device that is given a full segment at once holds the file system's journal, and so every
/// append that needs it. Later, because what leaves its log before that, by retention or DeleteRecords as in the
/// repartition topics of Kafka Streams, then costs the device nothing; and a device at its limit slows each write to
/// the page cache down. Kafka flushes a full segment on a thread of its own at once, and what is not full when the
/// system says so.
///
/// Has no thread and no timer, as LogUpkeep. One call of `run_due()` at a time; the rest is thread-safe.
class WriteBehind {
public:
    /// Brings a log below an offset to the device, on a thread that may block; `run_due()` does not wait for it.
    using Flush = std::function<void(const std::shared_ptr<HostedLog>& hosted, Offset up_to)>;

    WriteBehind(std::chrono::milliseconds delay, Flush flush) : delay_(delay), flush_(std::move(flush)) {}

    /// The system is to begin to write what the log has now (`Log::begin_sync()`).
    void much_appended(const std::shared_ptr<HostedLog>& hosted, Instant now) { add(hosted, now, false); }
    /// The segments that take no more appends now are to be flushed.
    void rolled(const std::shared_ptr<HostedLog>& hosted, Instant now) { add(hosted, now, true); }

    /// Does what is due. May wait for the device.
    void run_due(Instant now);
    /// When there is something to do again, as far as it is known.
    [[nodiscard]] Instant next_deadline() const;

private:
    struct Piece {
        Instant due;
        std::shared_ptr<HostedLog> hosted;
        LogPosition end;
        bool full;  ///< the segments before the one of `end`
    };

    void add(const std::shared_ptr<HostedLog>& hosted, Instant now, bool full);

    const std::chrono::milliseconds delay_;
    const Flush flush_;
    mutable std::mutex mutex_;
    std::deque<Piece> pieces_;  ///< in the order of `due`
};

}  // namespace barnabas
