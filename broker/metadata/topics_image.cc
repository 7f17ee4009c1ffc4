#include "metadata/topics_image.h"

#include "metadata/features_image.h"

namespace barnabas {
namespace {

std::unexpected<Error> unknown_topic(const TopicId& id) {
    return fail(ErrorCode::invalid_record, fmt::format("there is no topic of the id {}", id.text()));
}

TopicImage without_elr(TopicImage topic) {
    for (const auto& [id, partition] : TopicImage::Partitions(topic.partitions)) {
        if (!partition->eligible_leader_replicas.empty() || !partition->last_known_elr.empty()) {
            auto cleared = std::make_shared<PartitionRegistration>(*partition);
            cleared->eligible_leader_replicas.clear();
            cleared->last_known_elr.clear();
            ++cleared->partition_epoch.value;
            topic.partitions = topic.partitions.with(id, std::move(cleared));
        }
    }
    return topic;
}

}  // namespace

const PartitionRegistration* TopicImage::partition(PartitionId partition_id) const {
    const auto* found = partitions.find(partition_id);
    return found ? found->get() : nullptr;
}

const TopicImage* TopicsImage::find(const TopicId& id) const {
    const auto* found = by_id_.find(id);
    return found ? found->get() : nullptr;
}

const TopicImage* TopicsImage::find(std::string_view name) const {
    const TopicId* id = by_name_.find(name);
    return id ? find(*id) : nullptr;
}

const PartitionRegistration* TopicsImage::partition(const TopicId& id, PartitionId partition) const {
    const TopicImage* topic = find(id);
    return topic ? topic->partition(partition) : nullptr;
}

const PartitionRegistration* TopicsImage::partition(std::string_view topic_name, PartitionId partition) const {
    const TopicImage* topic = find(topic_name);
    return topic ? topic->partition(partition) : nullptr;
}

void TopicsImage::put(TopicImage topic) {
    const TopicId id = topic.id;
    by_id_ = by_id_.with(id, std::make_shared<const TopicImage>(std::move(topic)));
}

void TopicsImage::apply(const TopicRecord& record) {
    by_name_ = by_name_.with(record.name, record.topic_id);
    put({record.name, record.topic_id, {}});
}

Expected<void> TopicsImage::apply(const PartitionRecord& record) {
    const TopicImage* found = find(record.topic_id);
    if (!found) {
        return unknown_topic(record.topic_id);
    }
    auto partition = std::make_shared<const PartitionRegistration>(PartitionRegistration::from(record));
    put({found->name, found->id, found->partitions.with({record.partition_id}, std::move(partition))});
    return {};
}

Expected<void> TopicsImage::apply(const PartitionChangeRecord& record) {
    const TopicImage* found = find(record.topic_id);
    if (!found) {
        return unknown_topic(record.topic_id);
    }
    const PartitionRegistration* before = found->partition({record.partition_id});
    if (!before) {
        return fail(
            ErrorCode::invalid_record, fmt::format("there is no partition {}-{}", found->name, record.partition_id)
        );
    }
    auto partition = std::make_shared<PartitionRegistration>(*before);
    partition->apply(record);
    put({found->name, found->id, found->partitions.with({record.partition_id}, std::move(partition))});
    return {};
}

Expected<void> TopicsImage::apply(const RemoveTopicRecord& record) {
    const TopicImage* found = find(record.topic_id);
    if (!found) {
        return unknown_topic(record.topic_id);
    }
    by_name_ = by_name_.without(found->name);
    by_id_ = by_id_.without(record.topic_id);
    return {};
}

Expected<void> TopicsImage::apply(const ClearElrRecord& record) {
    if (record.topic_name.empty()) {
        for (const auto& [id, topic] : ById(by_id_)) {
            put(without_elr(*topic));
        }
        return {};
    }
    const TopicImage* found = find(record.topic_name);
    if (!found) {
        return fail(ErrorCode::invalid_record, fmt::format("there is no topic {}", record.topic_name));
    }
    put(without_elr(*found));
    return {};
}

void TopicsImage::append_records(MetadataRecords& out, MetadataVersion level) const {
    for (const auto& [id, topic] : by_id_) {
        TopicRecord record;
        record.name = topic->name;
        record.topic_id = id;
        out.push_back({std::move(record), 0});
        for (const auto& [partition_id, partition] : topic->partitions) {
            out.push_back(partition->record(id, partition_id, record_version::partition(level)));
        }
    }
}

}  // namespace barnabas
