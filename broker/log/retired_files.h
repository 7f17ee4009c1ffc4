#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/file.h"
#include "model/error.h"

namespace barnabas {

class Segment;

/// What is out of a log, while its files still have their names: nobody begins to read it any more.
struct LeavingSegments {
    std::vector<std::shared_ptr<Segment>> segments;
    std::vector<std::string> snapshots;  ///< of the producers at their beginnings: paths

    [[nodiscard]] bool empty() const { return segments.empty(); }
};

/// Files that are out of the log under names that end in ".deleted": they are removed after `file.delete.delay.ms`, so
/// that readers that hold their names are not surprised.
struct RetiredFiles {
    std::vector<std::string> paths;
    std::int64_t segments = 0;
    std::int64_t bytes = 0;
};

/// Gives them those names; any thread.
Expected<RetiredFiles> retire(FileSystem& files, const LeavingSegments& leaving);

/// Removes them; any thread.
Expected<void> remove_retired(FileSystem& files, const RetiredFiles& retired);

}  // namespace barnabas
