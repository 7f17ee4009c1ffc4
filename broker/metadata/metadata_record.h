#pragma once

#include <variant>

#include "model/error.h"
#include "protocol/metadata_records.h"

namespace barnabas {

/// Every type of record that the metadata log may hold (KIP-631), in the order of their keys.
using MetadataMessage = std::variant<
    RegisterBrokerRecord, UnregisterBrokerRecord, TopicRecord, PartitionRecord, ConfigRecord, PartitionChangeRecord,
    FenceBrokerRecord, UnfenceBrokerRecord, RemoveTopicRecord, DelegationTokenRecord, UserScramCredentialRecord,
    FeatureLevelRecord, ClientQuotaRecord, ProducerIdsRecord, BrokerRegistrationChangeRecord, AccessControlEntryRecord,
    RemoveAccessControlEntryRecord, NoOpRecord, ZkMigrationStateRecord, RemoveUserScramCredentialRecord,
    BeginTransactionRecord, EndTransactionRecord, AbortTransactionRecord, RemoveDelegationTokenRecord,
    RegisterControllerRecord, ClearElrRecord>;

/// A record of the metadata log, and the version it is written in.
struct MetadataRecord {
    MetadataMessage message;
    std::int16_t version = 0;

    bool operator==(const MetadataRecord&) const = default;
};

using MetadataRecords = std::vector<MetadataRecord>;

/// The value of the record in its batch: frame version 1, key and version as unsigned varints, then the message.
[[nodiscard]] Bytes encode_metadata_record(const MetadataRecord& record);

/// Errors: unsupported_version for a frame, key or version that this program does not know (a newer cluster wrote it:
/// it must not be skipped), invalid_record for bytes that do not parse or are left over.
[[nodiscard]] Expected<MetadataRecord> decode_metadata_record(BytesView value);

/// "PartitionRecord", for messages to people.
[[nodiscard]] std::string_view type_name(const MetadataRecord& record);

}  // namespace barnabas
