#pragma once

#include <string>

#include "io/file.h"
#include "model/error.h"

namespace barnabas {

/// Looks for damage in the metadata log's folder that is no torn tail: a segment that is missing between two others, a
/// batch that does not read although whole ones stand behind it. To cut such a log, as recovery would, is to forget
/// topics that were promised. Before the log is opened; changes nothing.
/// Errors: corrupt_message with the file, the byte, and what a person can do; kafka_storage_error.
[[nodiscard]] Expected<void> find_log_damage(FileSystem& files, const std::string& folder);

}  // namespace barnabas
