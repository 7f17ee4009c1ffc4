#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "io/file.h"

namespace barnabas {

/// What data directories say of themselves.
struct StorageInfo {
    std::string text;
    bool sound = true;  ///< all are there and belong together
};

/// As `kafka-storage info` tells it. Changes nothing.
[[nodiscard]] StorageInfo storage_info(FileSystem& files, std::vector<std::string> directories);

/// `barnabas storage info --config FILE`. Answers the exit code.
int run_storage_info(const Arguments& arguments);

}  // namespace barnabas
