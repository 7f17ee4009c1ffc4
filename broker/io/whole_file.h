#pragma once

#include "io/file.h"

namespace barnabas {

/// All bytes of a file; nothing when there is no such file.
IoResult<std::optional<Bytes>> read_whole_file(FileSystem& files, const std::string& path);

/// Puts `bytes` at `path` so that after any crash either the old content or the new stands there whole: written to
/// `path` + ".tmp", synced, renamed, and the folder synced.
IoResult<void> replace_file(FileSystem& files, const std::string& path, BytesView bytes);

}  // namespace barnabas
