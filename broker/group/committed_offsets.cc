#include "group/committed_offsets.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;

std::int64_t millis(Timestamp time) {
    return time.time_since_epoch().count();
}

/// Null when there is none.
template <class Map, class Key>
auto* at(Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

/// Erases a partition, and what is empty without it.
template <class Groups>
void prune(Groups& groups, std::string_view group, std::string_view topic, PartitionId partition) {
    const auto topics = groups.find(group);
    if (topics == groups.end()) {
        return;
    }
    const auto partitions = topics->second.find(topic);
    if (partitions == topics->second.end()) {
        return;
    }
    partitions->second.erase(partition);
    if (partitions->second.empty()) {
        topics->second.erase(partitions);
    }
    if (topics->second.empty()) {
        groups.erase(topics);
    }
}

}  // namespace

CommittedOffset CommittedOffset::from(const OffsetCommitValue& value, Offset log_offset) {
    CommittedOffset offset;
    offset.offset = {value.offset};
    offset.leader_epoch = {value.leader_epoch};
    offset.metadata = value.metadata;
    offset.committed_at = Timestamp(milliseconds(value.commit_timestamp));
    if (value.expire_timestamp != -1) {
        offset.expires_at = Timestamp(milliseconds(value.expire_timestamp));
    }
    offset.topic_id = value.topic_id;
    offset.log_offset = log_offset;
    return offset;
}

OffsetCommitValue CommittedOffset::stored() const {
    OffsetCommitValue value;
    value.offset = offset.value;
    value.leader_epoch = leader_epoch.value;
    value.metadata = metadata;
    value.commit_timestamp = millis(committed_at);
    value.expire_timestamp = expires_at ? millis(*expires_at) : -1;
    value.topic_id = topic_id;
    return value;
}

void CommittedOffsets::put(const OffsetCommitKey& key, CommittedOffset offset) {
    by_group_[key.group][key.topic].insert_or_assign(PartitionId{key.partition}, std::move(offset));
}

void CommittedOffsets::erase(const OffsetCommitKey& key) {
    const PartitionId partition{key.partition};
    prune(by_group_, key.group, key.topic, partition);
    const OpenTopics* topics = pending_of(key.group);
    const auto* partitions = topics ? at(*topics, key.topic) : nullptr;
    const auto* producers = partitions ? at(*partitions, partition) : nullptr;
    if (producers) {
        for (const ProducerId producer : std::set<ProducerId>(*producers)) {
            prune(pending_[producer], key.group, key.topic, partition);
            close(producer, key.group, key.topic, partition);
        }
    }
}

void CommittedOffsets::put_pending(ProducerId producer, const OffsetCommitKey& key, CommittedOffset offset) {
    const PartitionId partition{key.partition};
    pending_[producer][key.group][key.topic].insert_or_assign(partition, std::move(offset));
    open_[key.group][key.topic][partition].insert(producer);
}

void CommittedOffsets::end(ProducerId producer, bool committed) {
    auto node = pending_.extract(producer);
    if (node.empty()) {
        return;
    }
    for (auto& [group, topics] : node.mapped()) {
        for (auto& [topic, partitions] : topics) {
            for (auto& [partition, offset] : partitions) {
                close(producer, group, topic, partition);
                const CommittedOffset* before = find(group, topic, partition);
                if (committed && (!before || before->log_offset < offset.log_offset)) {
                    by_group_[group][topic].insert_or_assign(partition, std::move(offset));
                }
            }
        }
    }
}

void CommittedOffsets::close(
    ProducerId producer, std::string_view group, std::string_view topic, PartitionId partition
) {
    OpenTopics* topics = at(open_, group);
    auto* partitions = topics ? at(*topics, topic) : nullptr;
    auto* producers = partitions ? at(*partitions, partition) : nullptr;
    if (producers) {
        producers->erase(producer);
        if (producers->empty()) {
            prune(open_, group, topic, partition);
        }
    }
}

const CommittedOffsets::Topics* CommittedOffsets::of(std::string_view group) const {
    return at(by_group_, group);
}

const CommittedOffset* CommittedOffsets::find(std::string_view group, std::string_view topic, PartitionId partition)
    const {
    const Topics* topics = of(group);
    const Partitions* partitions = topics ? at(*topics, topic) : nullptr;
    return partitions ? at(*partitions, partition) : nullptr;
}

bool CommittedOffsets::is_pending(std::string_view group, std::string_view topic, PartitionId partition) const {
    const OpenTopics* topics = pending_of(group);
    const auto* partitions = topics ? at(*topics, topic) : nullptr;
    return partitions && partitions->contains(partition);
}

const CommittedOffsets::OpenTopics* CommittedOffsets::pending_of(std::string_view group) const {
    return at(open_, group);
}

}  // namespace barnabas
