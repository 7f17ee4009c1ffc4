#pragma once

#include "io/file.h"

namespace barnabas {

/// All bytes of a file; nothing when there is no such file.
IoResult<std::optional<Bytes>> read_whole_file(FileSystem& files, const std::string& path);

/// Puts `bytes` at `path` so that after any crash either the old content or the new stands there whole: written to
/// `path` + ".tmp", synced, renamed, and the folder synced.
IoResult<void> replace_file(FileSystem& files, const std::string& path, BytesView bytes);

/// The same without a sync: a crash of the machine may bring the old content back, or leave nothing or an empty file,
/// until `sync_file()` and a sync of the folder. A crash of the process does no harm.
IoResult<void> replace_file_unsynced(FileSystem& files, const std::string& path, BytesView bytes);

/// Brings the content of a file that exists to the device.
IoResult<void> sync_file(FileSystem& files, const std::string& path);

}  // namespace barnabas
