#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "raft/log_point.h"

namespace barnabas {

inline constexpr std::string_view bootstrap_checkpoint_file_name = "bootstrap.checkpoint";

/// "00000000000000000042-0000000003.checkpoint": end offset and epoch.
[[nodiscard]] std::string snapshot_file_name(const SnapshotId& id);

/// The snapshot that a file of this name holds; nothing for names of another form, partial and deleted files among
/// them.
[[nodiscard]] std::optional<SnapshotId> parse_snapshot_file_name(std::string_view name);

}  // namespace barnabas
