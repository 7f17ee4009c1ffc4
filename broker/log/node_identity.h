#pragma once

#include <map>
#include <optional>
#include <vector>

#include "common/random.h"
#include "io/file.h"
#include "log/meta_properties.h"
#include "model/error.h"

namespace barnabas {

/// What the `meta.properties` of a node's log directories say together.
struct NodeIdentity {
    std::optional<std::string> cluster_id;                          ///< nothing before the first start
    std::map<std::string, std::optional<MetaProperties>> log_dirs;  ///< by path; nothing in one that is new
    std::map<std::string, std::string> unreadable;                  ///< path -> why; the disk refused
};

/// Reads every directory of `log_dirs`, which it makes where absent. Refuses, with both sides and what to do, a
/// directory of another node or cluster, two directories with one id, a new metadata directory beside old ones (the
/// cluster's metadata would be gone), and one that holds partitions but no `meta.properties`.
/// Errors: inconsistent_cluster_id, invalid_config; kafka_storage_error when the metadata directory cannot be read.
[[nodiscard]] Expected<NodeIdentity> read_node_identity(
    FileSystem& files, const std::vector<std::string>& log_dirs, const std::string& metadata_dir, NodeId node
);

/// Makes each readable directory this node's in this cluster: writes `meta.properties` where it or its directory id is
/// absent. A directory that is new gets the id that `chosen` has for it, else a random one. Answers the directory ids
/// by path; a directory that cannot be written joins `unreadable`.
[[nodiscard]] std::map<std::string, Uuid> claim_log_dirs(
    FileSystem& files, NodeIdentity& identity, const std::string& cluster_id, NodeId node, Random& random,
    Timestamp now, const std::map<std::string, Uuid>& chosen = {}
);

}  // namespace barnabas
