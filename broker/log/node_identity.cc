#include "log/node_identity.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/whole_file.h"
#include "log/partition_dir.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

std::string path_in(const std::string& log_dir) {
    return fmt::format("{}/{}", log_dir, meta_properties_file_name);
}

std::unexpected<Error> refuse(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

/// Nothing in a new directory. Errors: kafka_storage_error when the disk refuses, invalid_config for what is in it.
Expected<std::optional<MetaProperties>> read_one(FileSystem& files, const std::string& dir) {
    if (auto made = files.make_directories(dir); !made) {
        return storage_failure(made.error());
    }
    const auto text = read_whole_file(files, path_in(dir));
    if (!text) {
        return storage_failure(text.error());
    }
    if (*text) {
        auto properties = parse_meta_properties(as_text(**text));
        return properties
                   ? Expected<std::optional<MetaProperties>>(*std::move(properties))
                   : refuse(fmt::format(
                         "{}: {}; restore it from a copy: the ids of this node, its cluster and this directory are "
                         "all that it holds",
                         path_in(dir), properties.error()
                     ));
    }
    const auto names = files.list(dir);
    if (!names) {
        return storage_failure(names.error());
    }
    const auto partition =
        std::ranges::find_if(*names, [](const auto& name) { return PartitionDir::parse(name).has_value(); });
    if (partition != names->end()) {
        return refuse(fmt::format(
            "{} holds partitions ({}) but no meta.properties, so nobody knows whose they are; restore that file, or "
            "name "
            "another directory in log.dirs",
            dir, *partition
        ));
    }
    return std::nullopt;
}

Expected<void> check_owner(
    const NodeIdentity& identity, const std::string& dir, const MetaProperties& found, NodeId node
) {
    if (found.node_id != node) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format(
                "{} belongs to node {}, and this is node {}; set node.id={}, or name another directory in log.dirs",
                dir, found.node_id.value, node.value, found.node_id.value
            )
        );
    }
    if (identity.cluster_id && *identity.cluster_id != found.cluster_id) {
        return fail(
            ErrorCode::inconsistent_cluster_id, fmt::format(
                                                    "{} belongs to cluster {}, and another directory of log.dirs to "
                                                    "cluster {}; take out of log.dirs what is "
                                                    "not of this cluster",
                                                    dir, found.cluster_id, *identity.cluster_id
                                                )
        );
    }
    if (found.directory_id.reserved() && !found.directory_id.is_zero()) {
        return fail(ErrorCode::invalid_config, fmt::format("{}: directory.id is reserved", path_in(dir)));
    }
    for (const auto& [other, properties] : identity.log_dirs) {
        if (properties && !found.directory_id.is_zero() && properties->directory_id == found.directory_id) {
            return fail(
                ErrorCode::invalid_config,
                fmt::format(
                    "{} and {} have the same directory.id {}; one is a copy: take it out of log.dirs", other, dir,
                    found.directory_id.text()
                )
            );
        }
    }
    return {};
}

Expected<void> check_metadata_dir(const NodeIdentity& identity, const std::string& metadata_dir) {
    if (const auto lost = identity.unreadable.find(metadata_dir); lost != identity.unreadable.end()) {
        return fail(
            ErrorCode::kafka_storage_error, fmt::format("the metadata directory cannot be read: {}", lost->second)
        );
    }
    const auto metadata = identity.log_dirs.find(metadata_dir);
    if (identity.cluster_id && metadata != identity.log_dirs.end() && !metadata->second) {
        return fail(
            ErrorCode::invalid_config, fmt::format(
                                           "{} should hold the metadata of cluster {} but is new; point "
                                           "metadata.log.dir (or the first of log.dirs) to "
                                           "where it was, or empty all directories of log.dirs to start anew",
                                           metadata_dir, *identity.cluster_id
                                       )
        );
    }
    return {};
}

Uuid fresh_directory_id(const NodeIdentity& identity, Random& random) {
    Uuid id = random.uuid();
    const auto taken = [&](const auto& dir) { return dir.second && dir.second->directory_id == id; };
    while (id.reserved() || std::ranges::any_of(identity.log_dirs, taken)) {
        id = random.uuid();
    }
    return id;
}

}  // namespace

Expected<NodeIdentity> read_node_identity(
    FileSystem& files, const std::vector<std::string>& log_dirs, const std::string& metadata_dir, NodeId node
) {
    std::vector<std::string> dirs = log_dirs;
    if (std::ranges::find(dirs, metadata_dir) == dirs.end()) {
        dirs.push_back(metadata_dir);
    }
    NodeIdentity identity;
    for (const std::string& dir : dirs) {
        const auto read = read_one(files, dir);
        if (!read && read.error().code == ErrorCode::kafka_storage_error) {
            identity.unreadable[dir] = read.error().detail;
            continue;
        }
        if (!read) {
            return std::unexpected(read.error());
        }
        if (const auto& found = *read) {
            if (auto owned = check_owner(identity, dir, *found, node); !owned) {
                return std::unexpected(std::move(owned).error());
            }
            identity.cluster_id = found->cluster_id;
        }
        identity.log_dirs[dir] = *read;
    }
    if (auto metadata = check_metadata_dir(identity, metadata_dir); !metadata) {
        return std::unexpected(std::move(metadata).error());
    }
    return identity;
}

std::map<std::string, Uuid> claim_log_dirs(
    FileSystem& files, NodeIdentity& identity, const std::string& cluster_id, NodeId node, Random& random,
    Timestamp now, const std::map<std::string, Uuid>& chosen
) {
    std::map<std::string, Uuid> ids;
    for (auto& [dir, properties] : identity.log_dirs) {
        if (!properties || properties->directory_id.is_zero()) {
            const auto wanted = chosen.find(dir);
            const Uuid id = wanted != chosen.end() ? wanted->second : fresh_directory_id(identity, random);
            const MetaProperties claimed{cluster_id, node, id};
            const std::string text = meta_properties_text(claimed, now);
            if (auto written = replace_file(files, path_in(dir), as_bytes(text)); !written) {
                identity.unreadable[dir] = written.error().text();
                continue;
            }
            properties = claimed;
        }
        ids[dir] = properties->directory_id;
    }
    identity.cluster_id = cluster_id;
    return ids;
}

}  // namespace barnabas
