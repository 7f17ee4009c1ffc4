#include "group/group_record.h"

#include <fmt/format.h>

#include "common/check.h"
#include "protocol/fields.h"

namespace barnabas {

namespace {

template <class M>
Bytes with_prefix(std::int16_t prefix, const M& message, std::int16_t version) {
    Writer writer;
    writer.integer(prefix);
    message.write(writer, version);
    return flatten(std::move(writer).finish());
}

std::int16_t version_of(const OffsetCommitValue& value) {
    return value.expire_timestamp != -1 ? 1 : 4;
}

constexpr std::int16_t classic_group_version = 3;

Record encode_record(const OffsetRecord& record) {
    Record encoded{.key = with_prefix(OffsetCommitKey::api_key, record.key, 0), .value = {}, .headers = {}};
    if (record.value) {
        const std::int16_t version = version_of(*record.value);
        encoded.value = with_prefix(version, *record.value, version);
    }
    return encoded;
}

Record encode_record(const ClassicGroupRecord& record) {
    GroupMetadataKey key;
    key.group = record.group_id;
    Record encoded{.key = with_prefix(GroupMetadataKey::api_key, key, 0), .value = {}, .headers = {}};
    if (record.value) {
        encoded.value = with_prefix(classic_group_version, *record.value, classic_group_version);
    }
    return encoded;
}

Record encode_record(const OtherGroupRecord& record) {
    CHECK(record.removed);
    return {.key = record.key, .value = {}, .headers = {}};
}

/// What a type of key stands for. Every one of them begins with the group's id.
struct OtherType {
    GroupType group;
    bool of_member;  ///< the member's id follows
};

std::optional<OtherType> other_type(std::int16_t type) {
    switch (type) {
        case ConsumerGroupMemberMetadataKey::api_key:
            return OtherType{GroupType::consumer, true};
        case ShareGroupMemberMetadataKey::api_key:
            return OtherType{GroupType::share, true};
        case StreamsGroupMemberMetadataKey::api_key:
            return OtherType{GroupType::streams, true};
        case ConsumerGroupMetadataKey::api_key:
        case ConsumerGroupPartitionMetadataKey::api_key:
        case ConsumerGroupTargetAssignmentMetadataKey::api_key:
        case ConsumerGroupTargetAssignmentMemberKey::api_key:
        case ConsumerGroupCurrentMemberAssignmentKey::api_key:
        case ConsumerGroupRegularExpressionKey::api_key:
            return OtherType{GroupType::consumer, false};
        case ShareGroupMetadataKey::api_key:
        case ShareGroupTargetAssignmentMetadataKey::api_key:
        case ShareGroupTargetAssignmentMemberKey::api_key:
        case ShareGroupCurrentMemberAssignmentKey::api_key:
        case ShareGroupStatePartitionMetadataKey::api_key:
            return OtherType{GroupType::share, false};
        case StreamsGroupMetadataKey::api_key:
        case StreamsGroupTargetAssignmentMetadataKey::api_key:
        case StreamsGroupTargetAssignmentMemberKey::api_key:
        case StreamsGroupCurrentMemberAssignmentKey::api_key:
        case StreamsGroupTopologyKey::api_key:
            return OtherType{GroupType::streams, false};
        default:
            return std::nullopt;
    }
}

Error corrupt(std::string_view what, const Reader& reader) {
    return {ErrorCode::corrupt_message, fmt::format("{} of a record of __consumer_offsets: {}", what, reader.error())};
}

template <class Value>
Expected<std::optional<Value>> decode_value(std::optional<BytesView> bytes) {
    if (!bytes) {
        return std::nullopt;
    }
    Reader reader(*bytes);
    const auto version = reader.integer<std::int16_t>();
    if (!Value::versions.contains(version) && !reader.failed()) {
        return fail(
            ErrorCode::corrupt_message, fmt::format("a record of __consumer_offsets has value version {}", version)
        );
    }
    Value value;
    if (!reader.failed()) {
        value.read(reader, version);
    }
    if (reader.failed()) {
        return std::unexpected(corrupt("the value", reader));
    }
    return value;
}

Expected<std::optional<GroupRecord>> decode_offset(Reader& reader, std::optional<BytesView> value) {
    OffsetRecord record;
    record.key.read(reader, 0);
    if (reader.failed()) {
        return std::unexpected(corrupt("the key", reader));
    }
    auto decoded = decode_value<OffsetCommitValue>(value);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    record.value = std::move(*decoded);
    return GroupRecord(std::move(record));
}

Expected<std::optional<GroupRecord>> decode_classic_group(Reader& reader, std::optional<BytesView> value) {
    GroupMetadataKey key;
    key.read(reader, 0);
    if (reader.failed()) {
        return std::unexpected(corrupt("the key", reader));
    }
    auto decoded = decode_value<GroupMetadataValue>(value);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    return GroupRecord(ClassicGroupRecord{std::move(key.group), std::move(*decoded)});
}

Expected<std::optional<GroupRecord>> decode_other(OtherType type, Reader& reader, BytesView key, bool removed) {
    OtherGroupRecord record{type.group, {}, {}, copy(key), removed};
    const Format format{0, false};
    read_field(reader, record.group_id, format);
    if (type.of_member) {
        read_field(reader, record.member_id.emplace(), format);
    }
    if (reader.failed()) {
        return std::unexpected(corrupt("the key", reader));
    }
    return GroupRecord(std::move(record));
}

}  // namespace

OffsetCommitKey offset_key(std::string_view group, std::string_view topic, PartitionId partition) {
    OffsetCommitKey key;
    key.group = group;
    key.topic = topic;
    key.partition = partition.value;
    return key;
}

GroupRecord removal_of_offset(std::string_view group, std::string_view topic, PartitionId partition) {
    return OffsetRecord{offset_key(group, topic, partition), std::nullopt};
}

std::string_view name(GroupType type) {
    switch (type) {
        case GroupType::classic:
            return "classic";
        case GroupType::consumer:
            return "consumer";
        case GroupType::share:
            return "share";
        case GroupType::streams:
            return "streams";
    }
    return "unknown";
}

Record encode(const GroupRecord& record) {
    return std::visit([](const auto& one) { return encode_record(one); }, record);
}

Expected<std::optional<GroupRecord>> decode_group_record(BytesView key, std::optional<BytesView> value) {
    Reader reader(key);
    const auto type = reader.integer<std::int16_t>();
    if (reader.failed()) {
        return std::unexpected(corrupt("the key", reader));
    }
    if (type == LegacyOffsetCommitKey::api_key || type == OffsetCommitKey::api_key) {
        return decode_offset(reader, value);  // both are written alike
    }
    if (type == GroupMetadataKey::api_key) {
        return decode_classic_group(reader, value);
    }
    if (const auto other = other_type(type)) {
        return decode_other(*other, reader, key, !value);
    }
    return std::nullopt;
}

}  // namespace barnabas
