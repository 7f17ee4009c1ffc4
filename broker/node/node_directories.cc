#include "node/node_directories.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "config/features.h"
#include "controller/feature_requests.h"
#include "log/node_identity.h"
#include "log/storage_error.h"
#include "raft/format.h"

namespace barnabas {

namespace {

/// Every directory once, the metadata's too.
std::vector<std::string> all_directories(const Config& config) {
    std::vector<std::string> all = config.data_dirs();
    if (std::ranges::find(all, config.metadata_dir()) == all.end()) {
        all.push_back(config.metadata_dir());
    }
    return all;
}

/// Why directories cannot be used, where that is so.
using Unusable = std::map<std::string, std::string>;

/// A disk that refuses is told of in `unusable`; another process in a directory ends the start.
Expected<std::vector<DirectoryLock>> lock_all(
    FileSystem& files, const std::vector<std::string>& directories, Unusable& unusable
) {
    std::vector<DirectoryLock> locks;
    for (const std::string& directory : directories) {
        if (auto made = files.make_directories(directory); !made) {
            unusable[directory] = made.error().text();
            continue;
        }
        auto lock = DirectoryLock::take(directory);
        if (lock) {
            locks.push_back(*std::move(lock));
        } else if (lock.error().number == EWOULDBLOCK) {
            return fail(
                ErrorCode::kafka_storage_error,
                fmt::format("{} is in use by another process: stop that, or give this node another log.dirs", directory)
            );
        } else {
            unusable[directory] = lock.error().text();
        }
    }
    return locks;
}

/// Those of `log.dirs`, the unusable ones offline. Errors: all are.
Expected<std::vector<std::shared_ptr<LogDir>>> make_log_dirs(
    FileSystem& files, const Config& config, const std::map<std::string, Uuid>& ids, const Unusable& unusable
) {
    std::vector<std::shared_ptr<LogDir>> dirs;
    for (const std::string& directory : config.data_dirs()) {
        const auto id = ids.find(directory);
        dirs.push_back(std::make_shared<LogDir>(files, directory, id != ids.end() ? id->second : Uuid()));
        if (const auto why = unusable.find(directory); why != unusable.end()) {
            dirs.back()->take_offline(why->second);
        }
    }
    if (std::ranges::all_of(dirs, &LogDir::offline, [](const auto& dir) -> const LogDir& { return *dir; })) {
        return fail(
            ErrorCode::kafka_storage_error,
            fmt::format("no directory of log.dirs can be used: {}", unusable.begin()->second)
        );
    }
    return dirs;
}

/// This node alone, reachable at its controller listeners or where the wish says.
VoterSet sole_voter(const Config& config, const Listeners& listeners, const Uuid& directory, const FormatWish& wish) {
    Voter self{.key = {NodeId{config.node_id}, directory}, .endpoints = {}};
    for (const Listener& listener : listeners.advertised_controller) {
        self.endpoints.push_back({listener.name, listener.host, listener.port});
    }
    if (wish.voter) {
        self.endpoints = wish.voter->endpoints;
    }
    self.greatest_kraft_version = 1;
    return VoterSet({self});
}

Expected<void> format(
    FileSystem& files, const Config& config, const Listeners& listeners, const Uuid& id, Timestamp now,
    const FormatWish& wish
) {
    std::vector<Bytes> records;
    for (const MetadataRecord& record :
         wish.records ? *wish.records : format_records(MetadataVersion{latest_metadata_version})) {
        records.push_back(encode_metadata_record(record));
    }
    std::optional<VoterSet> voters;
    if (config.controller_quorum_voters.empty()) {
        voters = sole_voter(config, listeners, id, wish);
    }
    return format_metadata(files, config.metadata_dir(), voters, records, now);
}

std::vector<std::string> unclaimed(const Config& config, const NodeIdentity& identity) {
    std::vector<std::string> found;
    for (const std::string& directory : all_directories(config)) {
        if (const auto known = identity.log_dirs.find(directory); known != identity.log_dirs.end() && !known->second) {
            found.insert(directory == config.metadata_dir() ? found.begin() : found.end(), directory);
        }
    }
    return found;
}

/// Errors: what is there already is not what is wished for.
Expected<void> check_wish(const NodeIdentity& identity, const FormatWish& wish) {
    for (const auto& [directory, properties] : identity.log_dirs) {
        if (!properties) {
            continue;
        }
        if (wish.cluster_id && *wish.cluster_id != properties->cluster_id) {
            return fail(
                ErrorCode::inconsistent_cluster_id,
                fmt::format("{} belongs to cluster {}, not to {}", directory, properties->cluster_id, *wish.cluster_id)
            );
        }
        if (!wish.ignore_formatted) {
            return fail(
                ErrorCode::invalid_config, fmt::format(
                                               "{} is already formatted, for cluster {}; --ignore-formatted leaves it "
                                               "alone and formats the others",
                                               directory, properties->cluster_id
                                           )
            );
        }
    }
    return {};
}

}  // namespace

Expected<NodeDirectories> take_directories(
    FileSystem& files, const Config& config, const Listeners& listeners, Random& random, Timestamp now,
    const FormatWish& wish
) {
    NodeDirectories taken;
    Unusable unusable;
    auto locks = lock_all(files, all_directories(config), unusable);
    if (!locks) {
        return std::unexpected(locks.error());
    }
    taken.locks = *std::move(locks);
    const NodeId node{config.node_id};
    auto identity = read_node_identity(files, config.data_dirs(), config.metadata_dir(), node);
    if (!identity) {
        return std::unexpected(identity.error());
    }
    unusable.insert(identity->unreadable.begin(), identity->unreadable.end());
    if (const auto metadata = unusable.find(config.metadata_dir()); metadata != unusable.end()) {
        return fail(ErrorCode::kafka_storage_error, metadata->second);
    }
    if (auto possible = check_wish(*identity, wish); !possible) {
        return std::unexpected(possible.error());
    }
    taken.claimed = unclaimed(config, *identity);
    taken.formatted_now = !identity->cluster_id;
    taken.cluster_id = identity->cluster_id.value_or(wish.cluster_id.value_or(random.uuid().text()));
    // Formatted under an id that `meta.properties` confirms afterwards: a crash in between leaves a directory that
    // counts as new.
    std::map<std::string, Uuid> chosen;
    if (taken.formatted_now && config.is_controller()) {
        const Uuid id = wish.voter ? wish.voter->key.directory : random.uuid();
        chosen[config.metadata_dir()] = id;
        if (auto formatted = format(files, config, listeners, id, now, wish); !formatted) {
            return std::unexpected(formatted.error());
        }
    }
    const auto ids = claim_log_dirs(files, *identity, taken.cluster_id, node, random, now, chosen);
    unusable.insert(identity->unreadable.begin(), identity->unreadable.end());
    const auto metadata = ids.find(config.metadata_dir());
    if (metadata == ids.end()) {
        return fail(ErrorCode::kafka_storage_error, unusable[config.metadata_dir()]);
    }
    taken.metadata_directory_id = metadata->second;
    auto log_dirs = make_log_dirs(files, config, ids, unusable);
    if (!log_dirs) {
        return std::unexpected(std::move(log_dirs).error());
    }
    taken.log_dirs = *std::move(log_dirs);
    return taken;
}

Expected<MetadataRecords> formatted_records(FileSystem& files, const std::string& directory) {
    const auto values = read_bootstrap_records(files, directory);
    if (!values) {
        return std::unexpected(values.error());
    }
    MetadataRecords records;
    for (const Bytes& value : values->value_or(std::vector<Bytes>())) {
        auto record = decode_metadata_record(value);
        if (!record) {
            return std::unexpected(record.error());
        }
        records.push_back(*std::move(record));
    }
    return records;
}

}  // namespace barnabas
