#include "log/retired_files.h"

#include "log/segment.h"
#include "log/segment_files.h"
#include "log/storage_error.h"

namespace barnabas {

Expected<RetiredFiles> retire(FileSystem& files, const LeavingSegments& leaving) {
    RetiredFiles retired;
    for (const auto& segment : leaving.segments) {
        if (auto renamed = segment->change_suffix(suffix::deleted); !renamed) {
            return std::unexpected(renamed.error());
        }
        for (std::string& path : segment->paths()) {
            retired.paths.push_back(std::move(path));
        }
        ++retired.segments;
        retired.bytes += segment->size();
    }
    for (const std::string& snapshot : leaving.snapshots) {
        retired.paths.push_back(snapshot + std::string(suffix::deleted));
        if (auto renamed = files.rename(snapshot, retired.paths.back()); !renamed) {
            return storage_failure(renamed.error());
        }
    }
    return retired;
}

Expected<void> remove_retired(FileSystem& files, const RetiredFiles& retired) {
    Expected<void> result;
    for (const std::string& path : retired.paths) {
        if (auto removed = files.remove(path); !removed) {
            result = storage_failure(removed.error());
        }
    }
    return result;
}

}  // namespace barnabas
