#pragma once

#include <algorithm>

#include "model/ids.h"

namespace barnabas {

/// An end of the metadata log: the first offset that is not in it, and the epoch of the record before. Of two logs the
/// greater point has the more complete one; the comparison by epoch first is Raft's.
struct LogPoint {
    LeaderEpoch epoch{0};
    Offset offset{0};

    constexpr auto operator<=>(const LogPoint&) const = default;
};

/// A snapshot holds all that the log said below `offset`; the last of it was written in `epoch`.
using SnapshotId = LogPoint;

}  // namespace barnabas
