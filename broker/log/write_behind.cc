#include "log/write_behind.h"

namespace barnabas {

void WriteBehind::add(const std::shared_ptr<HostedLog>& hosted, Instant now, bool full) {
    const LogPosition end = hosted->log->log_end_position();
    const std::scoped_lock lock(mutex_);
    pieces_.push_back({later(now, delay_), hosted, end, full});
}

void WriteBehind::run_due(Instant now) {
    std::deque<Piece> due;
    {
        const std::scoped_lock lock(mutex_);
        while (!pieces_.empty() && pieces_.front().due <= now) {
            due.push_back(std::move(pieces_.front()));
            pieces_.pop_front();
        }
    }
    for (const Piece& piece : due) {
        if (piece.hosted->removed) {
            continue;
        }
        if (piece.full) {
            flush_(piece.hosted, piece.end.segment_base);
        } else {
            piece.hosted->log->begin_sync(piece.end);
        }
    }
}

Instant WriteBehind::next_deadline() const {
    const std::scoped_lock lock(mutex_);
    return pieces_.empty() ? Instant::max() : pieces_.front().due;
}

}  // namespace barnabas
