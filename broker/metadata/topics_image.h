#pragma once

#include <memory>

#include "metadata/feature_levels.h"
#include "metadata/partition_registration.h"
#include "metadata/persistent_map.h"

namespace barnabas {

/// A topic and its partitions. A value that shares its partitions with the topics it was made from.
struct TopicImage {
    using Partitions = PersistentMap<PartitionId, std::shared_ptr<const PartitionRegistration>>;

    std::string name;
    TopicId id;
    Partitions partitions;

    /// Null when the topic has no such partition.
    [[nodiscard]] const PartitionRegistration* partition(PartitionId id) const;
};

/// All topics, by id and by name.
class TopicsImage {
public:
    using ById = PersistentMap<TopicId, std::shared_ptr<const TopicImage>>;
    using ByName = PersistentMap<std::string, TopicId>;

    [[nodiscard]] const ById& by_id() const { return by_id_; }
    [[nodiscard]] const ByName& by_name() const { return by_name_; }
    [[nodiscard]] std::size_t size() const { return by_id_.size(); }

    // Null when there is none. What they point to lives as long as this image.
    [[nodiscard]] const TopicImage* find(const TopicId& id) const;
    [[nodiscard]] const TopicImage* find(std::string_view name) const;
    [[nodiscard]] const PartitionRegistration* partition(const TopicId& id, PartitionId partition) const;
    [[nodiscard]] const PartitionRegistration* partition(std::string_view topic, PartitionId partition) const;

    // Errors: invalid_record, for a topic or partition that is not there.
    void apply(const TopicRecord& record);
    [[nodiscard]] Expected<void> apply(const PartitionRecord& record);
    [[nodiscard]] Expected<void> apply(const PartitionChangeRecord& record);
    [[nodiscard]] Expected<void> apply(const RemoveTopicRecord& record);
    [[nodiscard]] Expected<void> apply(const ClearElrRecord& record);
    void append_records(MetadataRecords& out, MetadataVersion level) const;

private:
    void put(TopicImage topic);

    ById by_id_;
    ByName by_name_;
};

}  // namespace barnabas
