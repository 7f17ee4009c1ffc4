#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/topic_configs.h"
#include "io/run_all.h"
#include "log/log_dirs.h"
#include "metadata/metadata_cache.h"
#include "replica/partition.h"

namespace barnabas {

/// The partitions of which this broker has a replica. Follows the metadata image.
///
/// `find` may be called from any thread; `apply` from one, which it may block for the disk's time.
class ReplicaManager {
public:
    struct Options {
        NodeId self;
        const Clock& clock;
        LogDirs& log_dirs;
        const MetadataCache& metadata;
        const LiveConfig& config;
        const TopicConfigs& topic_configs;
        const Partition::Listener& listener;
        RunAll run_all;           ///< makes the replicas of many new partitions
        std::size_t threads = 1;  ///< of which so many at once
    };

    /// A replica whose directory this broker chose, which the controller must learn (KIP-858).
    struct ChosenDirectory {
        TopicId topic;
        PartitionId partition;
        Uuid directory;
    };

    explicit ReplicaManager(Options options) : options_(std::move(options)) {}

    /// Makes, re-leads and removes replicas so that they are what `image` says. A disk that refuses costs its own
    /// partitions only: they answer kafka_storage_error. Answers the directories that were chosen here.
    std::vector<ChosenDirectory> apply(const MetadataDelta& delta);

    /// Errors: not_leader_or_follower when another broker has it, unknown_topic_or_partition when nobody does.
    [[nodiscard]] Expected<std::shared_ptr<Partition>> find(std::string_view topic, PartitionId partition) const;
    /// Errors: the same, and unknown_topic_id for an id that no topic has.
    [[nodiscard]] Expected<std::shared_ptr<Partition>> find(const TopicId& topic, PartitionId partition) const;

    /// Every replica, in no order.
    [[nodiscard]] std::vector<std::shared_ptr<Partition>> partitions() const;

private:
    struct Topic {
        std::string name;
        TopicId id;
        std::unordered_map<std::int32_t, std::shared_ptr<Partition>> partitions;
    };
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>()(name); }
    };

    struct Change {
        const TopicImage& topic;
        PartitionId partition;
        const PartitionRegistration& state;
        bool at_start;                                ///< the partition may have been here before this process
        std::shared_ptr<const TopicConfig> config{};  ///< of a new one
    };

    /// False when the replica must be made first.
    [[nodiscard]] bool apply_to_held(const Change& change);
    [[nodiscard]] std::vector<ChosenDirectory> make_all(const std::vector<Change>& changes);
    /// The directory, where it was chosen here.
    std::optional<Uuid> make(const Change& change);
    void follow(Partition& partition, const PartitionRegistration& state) const;
    void put(const Change& change, std::shared_ptr<Partition> partition);
    void remove(const TopicId& topic, PartitionId partition);
    [[nodiscard]] std::shared_ptr<Partition> held(const TopicId& topic, PartitionId partition) const;
    [[nodiscard]] std::shared_ptr<const TopicConfig> topic_config(const std::string& topic, const MetadataImage& image)
        const;
    void apply_configs(const MetadataDelta& delta);

    const Options options_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<Topic>, NameHash, std::equal_to<>> by_name_;
    std::unordered_map<TopicId, std::shared_ptr<Topic>> by_id_;
};

}  // namespace barnabas
