#pragma once

#include <optional>
#include <string>
#include <variant>

#include "model/record.h"
#include "protocol/group_coordinator_records.h"

namespace barnabas {

/// An offset that a group committed, or, without a value, its removal.
struct OffsetRecord {
    OffsetCommitKey key;
    std::optional<OffsetCommitValue> value;
    bool operator==(const OffsetRecord&) const = default;
};

/// What is kept of a classic group, or, without a value, its removal.
struct ClassicGroupRecord {
    std::string group_id;
    std::optional<GroupMetadataValue> value;
    bool operator==(const ClassicGroupRecord&) const = default;
};

/// The group types that Kafka writes into __consumer_offsets besides classic ones.
enum class GroupType : std::uint8_t { classic, consumer, share, streams };

/// Kafka's spelling in ListGroups: "classic".
[[nodiscard]] std::string_view name(GroupType type);

/// A record of a consumer, share or streams group. Its key is kept as bytes: we never write such records, except to
/// remove them with their group.
struct OtherGroupRecord {
    GroupType type = GroupType::consumer;
    std::string group_id;
    /// Set when the record stands for one member of the group.
    std::optional<std::string> member_id;
    Bytes key;
    bool removed = false;
    bool operator==(const OtherGroupRecord&) const = default;
};

/// A record of __consumer_offsets. Its key begins with a two-byte type, its value with a two-byte version.
using GroupRecord = std::variant<OffsetRecord, ClassicGroupRecord, OtherGroupRecord>;

[[nodiscard]] OffsetCommitKey offset_key(std::string_view group, std::string_view topic, PartitionId partition);
[[nodiscard]] GroupRecord removal_of_offset(std::string_view group, std::string_view topic, PartitionId partition);

/// In the versions that Kafka 4.3 writes: offsets in 4 (1 with an expiry of their own, which needs that field), groups
/// in
/// 3. An OtherGroupRecord must be a removal.
[[nodiscard]] Record encode(const GroupRecord& record);

/// Errors: corrupt_message with what does not make sense; nothing when the type of the key is one that a later Kafka
/// may have added, which readers skip.
[[nodiscard]] Expected<std::optional<GroupRecord>> decode_group_record(BytesView key, std::optional<BytesView> value);

}  // namespace barnabas
