#include "replica/replica_manager.h"

#include <fmt/format.h>

#include <set>

#include "common/events.h"

namespace barnabas {

namespace {

/// Few, so that several threads have work; enough that it is worth a thread.
constexpr std::size_t replicas_of_a_job = 16;

}  // namespace

std::vector<ReplicaManager::ChosenDirectory> ReplicaManager::apply(const MetadataDelta& delta) {
    apply_configs(delta);
    const bool at_start = delta.before->provenance.last_offset == no_offset;
    std::vector<Change> missing;
    for (const auto& [id, changed] : delta.topics) {
        const TopicImage* topic = delta.after->topics.find(id);
        if (topic == nullptr) {
            const TopicImage* gone = delta.before->topics.find(id);
            for (const auto& [partition, state] : gone != nullptr ? gone->partitions : TopicImage::Partitions()) {
                remove(id, partition);
            }
            continue;
        }
        std::shared_ptr<const TopicConfig> config;
        for (const PartitionId partition : changed) {
            const PartitionRegistration* state = topic->partition(partition);
            if (state != nullptr && !apply_to_held({*topic, partition, *state, at_start})) {
                config = config ? config : topic_config(topic->name, *delta.after);
                missing.push_back({*topic, partition, *state, at_start, config});
            }
        }
    }
    return make_all(missing);
}

bool ReplicaManager::apply_to_held(const Change& change) {
    if (!change.state.has_replica(options_.self)) {
        remove(change.topic.id, change.partition);
        return true;
    }
    const auto partition = held(change.topic.id, change.partition);
    if (partition) {
        follow(*partition, change.state);
    }
    return partition != nullptr;
}

void ReplicaManager::follow(Partition& partition, const PartitionRegistration& state) const {
    const IsrState::Options isr{options_.config.get()->replica_lag_time_max_ms};
    if (auto applied = partition.apply(state, isr, options_.clock.now()); !applied) {
        event::error(
            "partition cannot be led", {{"partition", partition.name().text()}, {"why", applied.error().detail}}
        );
        options_.listener.storage_failed(*partition.hosted(), applied.error());
    }
}

std::vector<ReplicaManager::ChosenDirectory> ReplicaManager::make_all(const std::vector<Change>& changes) {
    std::vector<std::optional<Uuid>> directories(changes.size());
    std::vector<std::function<void()>> jobs;
    for (std::size_t first = 0; first < changes.size(); first += replicas_of_a_job) {
        jobs.emplace_back([this, &changes, &directories, first] {
            for (std::size_t i = first; i < std::min(first + replicas_of_a_job, changes.size()); ++i) {
                directories[i] = make(changes[i]);
            }
        });
    }
    const bool logs_are_there = !changes.empty() && changes.front().at_start;
    const bool alone = jobs.size() <= 1 || logs_are_there;
    alone ? run_all_in_turn(jobs, 1) : options_.run_all(jobs, options_.threads);
    std::vector<ChosenDirectory> chosen;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (directories[i]) {
            chosen.push_back({changes[i].topic.id, changes[i].partition, *directories[i]});
        }
    }
    return chosen;
}

std::optional<Uuid> ReplicaManager::make(const Change& change) {
    const TopicPartition name{change.topic.name, change.partition};
    const Uuid assigned = change.state.directory(options_.self);
    const bool unassigned = assigned.reserved();
    auto hosted = options_.log_dirs.find_or_create(
        {
            .partition = name,
            .topic = change.topic.id,
            .config = change.config,
            .directory = unassigned ? std::nullopt : std::optional(assigned),
            .new_partition = !change.at_start && change.state.partition_epoch == PartitionEpoch{0},
        },
        options_.clock.timestamp()
    );
    std::optional<Uuid> chosen;
    std::shared_ptr<Partition> partition;
    if (hosted) {
        chosen = (*hosted)->dir->id() != assigned ? std::optional((*hosted)->dir->id()) : std::nullopt;
        partition =
            std::make_shared<Partition>(name, change.topic.id, options_.self, *std::move(hosted), options_.listener);
    } else {
        event::error("partition has no log", {{"partition", name.text()}, {"why", hosted.error().detail}});
        partition = std::make_shared<Partition>(name, change.topic.id, options_.self, hosted.error().detail);
    }
    follow(*partition, change.state);
    put(change, std::move(partition));  // only now, so that nobody finds it before it knows its leader
    return chosen;
}

void ReplicaManager::put(const Change& change, std::shared_ptr<Partition> partition) {
    const std::unique_lock lock(mutex_);
    auto& topic = by_id_[change.topic.id];
    if (!topic) {
        topic = std::make_shared<Topic>(change.topic.name, change.topic.id);
        by_name_[change.topic.name] = topic;
    }
    topic->partitions[change.partition.value] = std::move(partition);
}

void ReplicaManager::remove(const TopicId& id, PartitionId partition_id) {
    std::shared_ptr<Partition> partition;
    {
        const std::unique_lock lock(mutex_);
        const auto topic = by_id_.find(id);
        const auto found = topic == by_id_.end() ? decltype(Topic::partitions)::iterator()
                                                 : topic->second->partitions.find(partition_id.value);
        if (topic == by_id_.end() || found == topic->second->partitions.end()) {
            return;
        }
        partition = std::move(found->second);
        topic->second->partitions.erase(found);
        if (topic->second->partitions.empty()) {
            // The name may already be that of a new topic.
            const auto named = by_name_.find(topic->second->name);
            if (named != by_name_.end() && named->second == topic->second) {
                by_name_.erase(named);
            }
            by_id_.erase(topic);
        }
    }
    partition->leave();
    if (auto removed = options_.log_dirs.remove(partition->name(), options_.clock.now()); !removed) {
        event::error(
            "partition cannot be removed", {{"partition", partition->name().text()}, {"why", removed.error().detail}}
        );
    }
}

void ReplicaManager::apply_configs(const MetadataDelta& delta) {
    std::set<std::string> topics;
    for (const ConfigTarget& resource : delta.configs) {
        if (resource.type == ConfigResourceType::topic) {
            topics.insert(resource.name);
        } else if (resource.type == ConfigResourceType::broker) {
            // What a broker says for topics that say nothing may have changed: all of them are asked again.
            for (const auto& [partition, hosted] : options_.log_dirs.logs()) {
                topics.insert(partition.topic);
            }
        }
    }
    for (const std::string& topic : topics) {
        options_.log_dirs.set_topic_config(topic, topic_config(topic, *delta.after));
    }
}

std::shared_ptr<const TopicConfig> ReplicaManager::topic_config(const std::string& topic, const MetadataImage& image)
    const {
    return options_.topic_configs.of(image.configs.entries(topic_target(topic)));
}

std::shared_ptr<Partition> ReplicaManager::held(const TopicId& topic, PartitionId partition) const {
    const std::shared_lock lock(mutex_);
    const auto found = by_id_.find(topic);
    if (found == by_id_.end()) {
        return nullptr;
    }
    const auto each = found->second->partitions.find(partition.value);
    return each == found->second->partitions.end() ? nullptr : each->second;
}

Expected<std::shared_ptr<Partition>> ReplicaManager::find(std::string_view topic, PartitionId partition) const {
    {
        const std::shared_lock lock(mutex_);
        const auto found = by_name_.find(topic);
        if (found != by_name_.end()) {
            const auto each = found->second->partitions.find(partition.value);
            if (each != found->second->partitions.end()) {
                return each->second;
            }
        }
    }
    if (options_.metadata.image()->topics.partition(topic, partition) != nullptr) {
        return fail(
            ErrorCode::not_leader_or_follower,
            fmt::format("broker {} has no replica of {}-{}", options_.self.value, topic, partition.value)
        );
    }
    return fail(
        ErrorCode::unknown_topic_or_partition, fmt::format("there is no partition {}-{}", topic, partition.value)
    );
}

Expected<std::shared_ptr<Partition>> ReplicaManager::find(const TopicId& topic, PartitionId partition) const {
    if (auto found = held(topic, partition)) {
        return found;
    }
    const auto image = options_.metadata.image();
    const TopicImage* known = image->topics.find(topic);
    if (known == nullptr) {
        return fail(ErrorCode::unknown_topic_id, fmt::format("no topic has the id {}", topic.text()));
    }
    return find(known->name, partition);
}

std::vector<std::shared_ptr<Partition>> ReplicaManager::partitions() const {
    const std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<Partition>> all;
    for (const auto& [id, topic] : by_id_) {
        for (const auto& [number, partition] : topic->partitions) {
            all.push_back(partition);
        }
    }
    return all;
}

}  // namespace barnabas
