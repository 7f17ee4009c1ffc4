#pragma once

#include <string>
#include <vector>

#include "common/random.h"
#include "config/listeners.h"
#include "io/directory_lock.h"
#include "log/log_dir.h"
#include "metadata/metadata_record.h"
#include "raft/voter_set.h"

namespace barnabas {

/// The data directories of a node that is about to run: locked, its own, and formatted.
struct NodeDirectories {
    std::string cluster_id;
    Uuid metadata_directory_id;
    std::vector<std::shared_ptr<LogDir>> log_dirs;  ///< those of `log.dirs`; a disk that refuses is offline
    std::vector<DirectoryLock> locks;
    bool formatted_now = false;        ///< this is the first start
    std::vector<std::string> claimed;  ///< directories that were nobody's before, with the metadata's first
};

/// What a new cluster shall be, besides what follows from the configuration.
struct FormatWish {
    std::optional<std::string> cluster_id = std::nullopt;  ///< a random one without it
    /// The first ones of the metadata log; the levels of the newest release without them.
    std::optional<MetadataRecords> records = std::nullopt;
    /// This node under this directory id and at this address; without it, by its listeners or as the settings say.
    std::optional<Voter> voter = std::nullopt;
    bool ignore_formatted = true;  ///< else a directory that is formatted already is an error
};

/// Takes the directories that the configuration names, and formats them when all are empty: a new cluster, with this
/// node as its only voter unless `controller.quorum.voters` says otherwise.
/// Errors are sentences that say what to do: another process has the directory, it is another node's or cluster's, the
/// disk refuses.
[[nodiscard]] Expected<NodeDirectories> take_directories(
    FileSystem& files, const Config& config, const Listeners& listeners, Random& random, Timestamp now,
    const FormatWish& wish = {}
);

/// What formatting left in `directory` for the first leader of a new cluster to write; nothing where it left nothing.
[[nodiscard]] Expected<MetadataRecords> formatted_records(FileSystem& files, const std::string& directory);

}  // namespace barnabas
