#include "metadata/metadata_image.h"

namespace barnabas {
namespace {

/// Sends each type of record to the part of the image that it changes.
struct Apply {
    MetadataImage& image;

    template <class Record>
    Expected<void> to(auto& part, const Record& record) {
        if constexpr (std::is_void_v<decltype(part.apply(record))>) {
            part.apply(record);
            return {};
        } else {
            return part.apply(record);
        }
    }

    Expected<void> operator()(const FeatureLevelRecord& record) { return to(image.features, record); }
    Expected<void> operator()(const RegisterBrokerRecord& record) { return to(image.cluster, record); }
    Expected<void> operator()(const UnregisterBrokerRecord& record) { return to(image.cluster, record); }
    Expected<void> operator()(const FenceBrokerRecord& record) { return to(image.cluster, record); }
    Expected<void> operator()(const UnfenceBrokerRecord& record) { return to(image.cluster, record); }
    Expected<void> operator()(const BrokerRegistrationChangeRecord& record) { return to(image.cluster, record); }
    Expected<void> operator()(const RegisterControllerRecord& record) { return to(image.cluster, record); }
    Expected<void> operator()(const TopicRecord& record) { return to(image.topics, record); }
    Expected<void> operator()(const PartitionRecord& record) { return to(image.topics, record); }
    Expected<void> operator()(const PartitionChangeRecord& record) { return to(image.topics, record); }
    Expected<void> operator()(const ClearElrRecord& record) { return to(image.topics, record); }
    Expected<void> operator()(const RemoveTopicRecord& record) {
        if (const TopicImage* topic = image.topics.find(record.topic_id)) {
            image.configs.forget(topic_target(topic->name));
        }
        return to(image.topics, record);
    }
    Expected<void> operator()(const ConfigRecord& record) { return to(image.configs, record); }
    Expected<void> operator()(const ClientQuotaRecord& record) { return to(image.client_quotas, record); }
    Expected<void> operator()(const AccessControlEntryRecord& record) { return to(image.security, record); }
    Expected<void> operator()(const RemoveAccessControlEntryRecord& record) { return to(image.security, record); }
    Expected<void> operator()(const UserScramCredentialRecord& record) { return to(image.security, record); }
    Expected<void> operator()(const RemoveUserScramCredentialRecord& record) { return to(image.security, record); }
    Expected<void> operator()(const DelegationTokenRecord& record) { return to(image.security, record); }
    Expected<void> operator()(const RemoveDelegationTokenRecord& record) { return to(image.security, record); }
    Expected<void> operator()(const ProducerIdsRecord& record) {
        image.next_producer_id = record.next_producer_id;
        return {};
    }
    // Who reads the log frames transactions; in themselves these change nothing.
    Expected<void> operator()(const BeginTransactionRecord&) { return {}; }
    Expected<void> operator()(const EndTransactionRecord&) { return {}; }
    Expected<void> operator()(const AbortTransactionRecord&) { return {}; }
    Expected<void> operator()(const NoOpRecord&) { return {}; }
    // Left over in logs of clusters that once moved off ZooKeeper.
    Expected<void> operator()(const ZkMigrationStateRecord&) { return {}; }
};

}  // namespace

Expected<void> MetadataImage::apply(const MetadataRecord& record) {
    return std::visit(Apply{*this}, record.message);
}

MetadataRecords MetadataImage::records() const {
    const MetadataVersion level = features.metadata_version();
    MetadataRecords out;
    features.append_records(out);
    cluster.append_records(out, level);
    topics.append_records(out, level);
    configs.append_records(out);
    client_quotas.append_records(out);
    if (next_producer_id > 0) {
        ProducerIdsRecord record;
        record.broker_id = -1;
        record.next_producer_id = next_producer_id;
        out.push_back({std::move(record), 0});
    }
    security.append_records(out, level);
    return out;
}

}  // namespace barnabas
