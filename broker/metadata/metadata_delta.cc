#include "metadata/metadata_delta.h"

namespace barnabas {
namespace {

struct Note {
    MetadataDelta& delta;
    const MetadataImage& image;

    void operator()(const RegisterBrokerRecord& record) { delta.brokers.insert({record.broker_id}); }
    void operator()(const UnregisterBrokerRecord& record) { delta.brokers.insert({record.broker_id}); }
    void operator()(const FenceBrokerRecord& record) { delta.brokers.insert({record.id}); }
    void operator()(const UnfenceBrokerRecord& record) { delta.brokers.insert({record.id}); }
    void operator()(const BrokerRegistrationChangeRecord& record) { delta.brokers.insert({record.broker_id}); }
    void operator()(const TopicRecord& record) { delta.topics[record.topic_id]; }
    void operator()(const PartitionRecord& record) { delta.topics[record.topic_id].insert({record.partition_id}); }
    void operator()(const PartitionChangeRecord& record) {
        delta.topics[record.topic_id].insert({record.partition_id});
    }
    void operator()(const RemoveTopicRecord& record) { delta.topics[record.topic_id].clear(); }
    void operator()(const ClearElrRecord& record) {
        for (const auto& [id, topic] : image.topics.by_id()) {
            if (record.topic_name.empty() || topic->name == record.topic_name) {
                for (const auto& [partition, registration] : topic->partitions) {
                    delta.topics[id].insert(partition);
                }
            }
        }
    }
    void operator()(const ConfigRecord& record) {
        delta.configs.insert({static_cast<ConfigResourceType>(record.resource_type), record.resource_name});
    }
    void operator()(const FeatureLevelRecord&) { delta.features = true; }
    void operator()(const ClientQuotaRecord&) { delta.client_quotas = true; }
    void operator()(const ProducerIdsRecord&) { delta.producer_ids = true; }
    void operator()(const AccessControlEntryRecord& record) {
        delta.security = true;
        delta.acls.insert(record.id);
    }
    void operator()(const RemoveAccessControlEntryRecord& record) {
        delta.security = true;
        delta.acls.insert(record.id);
    }
    void operator()(const UserScramCredentialRecord&) { delta.security = true; }
    void operator()(const RemoveUserScramCredentialRecord&) { delta.security = true; }
    void operator()(const DelegationTokenRecord&) { delta.security = true; }
    void operator()(const RemoveDelegationTokenRecord&) { delta.security = true; }
    void operator()(const RegisterControllerRecord&) {}
    void operator()(const BeginTransactionRecord&) {}
    void operator()(const EndTransactionRecord&) {}
    void operator()(const AbortTransactionRecord&) {}
    void operator()(const NoOpRecord&) {}
    void operator()(const ZkMigrationStateRecord&) {}
};

/// Calls `each(key)` for the keys whose values, shared pointers, differ in `left` and `right`.
template <class Key, class Value, class Each>
void for_each_difference(
    const PersistentMap<Key, std::shared_ptr<const Value>>& left,
    const PersistentMap<Key, std::shared_ptr<const Value>>& right, Each each
) {
    for (const auto& [key, value] : left) {
        const auto* other = right.find(key);
        if (!other || (*other != value && !(**other == *value))) {
            each(key);
        }
    }
    for (const auto& [key, value] : right) {
        if (!left.contains(key)) {
            each(key);
        }
    }
}

void compare_topics(MetadataDelta& delta) {
    const auto& before = delta.before->topics;
    const auto& after = delta.after->topics;
    for (const auto& [id, topic] : before.by_id()) {
        if (!after.find(id)) {
            delta.topics[id];
        }
    }
    for (const auto& [id, topic] : after.by_id()) {
        const TopicImage* old = before.find(id);
        if (!old) {
            delta.topics[id];
        }
        for_each_difference(
            old ? old->partitions : TopicImage::Partitions(), topic->partitions,
            [&](PartitionId partition) { delta.topics[id].insert(partition); }
        );
    }
}

template <class Part>
bool differ(const Part& left, const Part& right, auto... arguments) {
    MetadataRecords before, after;
    left.append_records(before, arguments...);
    right.append_records(after, arguments...);
    return before != after;
}

}  // namespace

void MetadataDelta::note(const MetadataRecord& record, const MetadataImage& image) {
    std::visit(Note{*this, image}, record.message);
}

MetadataDelta MetadataDelta::between(
    std::shared_ptr<const MetadataImage> before, std::shared_ptr<const MetadataImage> after
) {
    MetadataDelta delta;
    delta.before = std::move(before);
    delta.after = std::move(after);
    compare_topics(delta);
    const MetadataImage& left = *delta.before;
    const MetadataImage& right = *delta.after;
    for_each_difference(left.cluster.brokers(), right.cluster.brokers(), [&](NodeId id) { delta.brokers.insert(id); });
    for_each_difference(left.configs.resources(), right.configs.resources(), [&](const ConfigTarget& resource) {
        delta.configs.insert(resource);
    });
    for_each_difference(left.security.acls(), right.security.acls(), [&](const Uuid& id) { delta.acls.insert(id); });
    delta.features = differ(left.features, right.features);
    delta.client_quotas = differ(left.client_quotas, right.client_quotas);
    delta.security = differ(left.security, right.security, feature::v4_3_iv0);
    delta.producer_ids = left.next_producer_id != right.next_producer_id;
    return delta;
}

}  // namespace barnabas
