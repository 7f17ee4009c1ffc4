#include "replica/replica_manager.h"

#include <fmt/format.h>

#include <set>

#include "common/events.h"

namespace barnabas {

std::vector<ReplicaManager::ChosenDirectory> ReplicaManager::apply(const MetadataDelta& delta) {
    std::vector<ChosenDirectory> chosen;
    apply_configs(delta);
    const bool at_start = delta.before->provenance.last_offset == no_offset;
    for (const auto& [id, changed] : delta.topics) {
        const TopicImage* topic = delta.after->topics.find(id);
        if (topic == nullptr) {
            const TopicImage* gone = delta.before->topics.find(id);
            for (const auto& [partition, state] : gone != nullptr ? gone->partitions : TopicImage::Partitions()) {
                remove(id, partition);
            }
            continue;
        }
        for (const PartitionId partition : changed) {
            if (const PartitionRegistration* state = topic->partition(partition)) {
                apply_partition({*topic, partition, *state, *delta.after, at_start}, chosen);
            }
        }
    }
    return chosen;
}

void ReplicaManager::apply_partition(const Change& change, std::vector<ChosenDirectory>& chosen) {
    if (!change.state.has_replica(options_.self)) {
        return remove(change.topic.id, change.partition);
    }
    std::shared_ptr<Partition> partition = held(change.topic.id, change.partition);
    const bool made = partition == nullptr;
    if (made) {
        partition = make(change, chosen);
    }
    const IsrState::Options isr{options_.config.get()->replica_lag_time_max_ms};
    if (auto applied = partition->apply(change.state, isr, options_.clock.now()); !applied) {
        event::error(
            "partition cannot be led", {{"partition", partition->name().text()}, {"why", applied.error().detail}}
        );
        options_.listener.storage_failed(*partition->hosted(), applied.error());
    }
    if (made) {  // only now, so that nobody finds it before it knows its leader
        put(change, std::move(partition));
    }
}

std::shared_ptr<Partition> ReplicaManager::make(const Change& change, std::vector<ChosenDirectory>& chosen) {
    const TopicPartition name{change.topic.name, change.partition};
    const Uuid assigned = change.state.directory(options_.self);
    const bool unassigned = assigned.reserved();
    auto hosted = options_.log_dirs.find_or_create(
        {
            .partition = name,
            .topic = change.topic.id,
            .config = topic_config(name.topic, change.image),
            .directory = unassigned ? std::nullopt : std::optional(assigned),
            .new_partition = !change.at_start && change.state.partition_epoch == PartitionEpoch{0},
        },
        options_.clock.timestamp()
    );
    if (!hosted) {
        event::error("partition has no log", {{"partition", name.text()}, {"why", hosted.error().detail}});
        return std::make_shared<Partition>(name, change.topic.id, options_.self, hosted.error().detail);
    }
    if ((*hosted)->dir->id() != assigned) {
        chosen.push_back({change.topic.id, change.partition, (*hosted)->dir->id()});
    }
    return std::make_shared<Partition>(name, change.topic.id, options_.self, *std::move(hosted), options_.listener);
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
