#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/file.h"
#include "log/storage_error.h"
#include "raft/voter_set.h"

namespace barnabas {

/// The folder of the metadata log in the metadata directory.
inline constexpr std::string_view metadata_log_folder = "__cluster_metadata-0";

/// Prepares `directory` for its first start, as `kafka-storage format` does: `bootstrap.checkpoint` with the records
/// that the first leader will write, and, for a quorum whose voters may change (kraft.version 1), the metadata log's
/// first snapshot with them. Without `voters` they are static ones, of the configuration.
///
/// Call it before `meta.properties` is written: a crash in between leaves a directory that counts as unformatted, and
/// formatting it again replaces what is there. Errors: kafka_storage_error.
Expected<void> format_metadata(
    FileSystem& files, const std::string& directory, const std::optional<VoterSet>& voters,
    std::span<const Bytes> bootstrap_records, Timestamp now
);

/// The values of the records in `bootstrap.checkpoint`; nothing when there is none (it stays after the first start).
/// Errors: kafka_storage_error, corrupt_message.
Expected<std::optional<std::vector<Bytes>>> read_bootstrap_records(FileSystem& files, const std::string& directory);

}  // namespace barnabas
