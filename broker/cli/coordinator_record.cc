#include "cli/coordinator_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/base64.h"
#include "common/big_endian.h"
#include "protocol/message_table.h"

namespace barnabas {

namespace json = boost::json;

namespace {

constexpr std::int16_t group_metadata = 2;

CoordinatorLog log_of(std::string_view message) {
    return message.starts_with("TransactionLog")                                        ? CoordinatorLog::transaction
           : message.starts_with("ShareSnapshot") || message.starts_with("ShareUpdate") ? CoordinatorLog::share
                                                                                        : CoordinatorLog::group;
}

const JsonMessage* find_message(MessageKind kind, CoordinatorLog log, std::int16_t type) {
    const auto found = std::ranges::find_if(message_table(), [&](const JsonMessage& each) {
        return each.kind == kind && each.id == type && log_of(each.name) == log;
    });
    return found == message_table().end() ? nullptr : &*found;
}

const JsonMessage* find_data(std::string_view name) {
    return &*std::ranges::find(message_table(), name, &JsonMessage::name);
}

/// The member's base64 replaced by what it says, where it makes sense.
void open_field(json::object& member, std::string_view field, std::string_view message_name) {
    json::value* text = member.if_contains(field);
    if (text == nullptr || !text->is_string()) {
        return;
    }
    const auto bytes = decode_base64(text->as_string(), Base64::standard);
    if (!bytes || bytes->size() < 2) {
        return;
    }
    const auto version = load_big_endian<std::int16_t>(bytes->data());
    auto opened = find_data(message_name)->to_json(BytesView(*bytes).subspan(2), version);
    if (opened) {
        *text = *std::move(opened);
    }
}

}  // namespace

Expected<CoordinatorRecord> decode_coordinator_record(
    CoordinatorLog log, BytesView key, std::optional<BytesView> value
) {
    if (key.size() < 2) {
        return fail(ErrorCode::invalid_request, "the key has no type");
    }
    CoordinatorRecord record;
    record.type = load_big_endian<std::int16_t>(key.data());
    const JsonMessage* key_message = find_message(MessageKind::coordinator_key, log, record.type);
    if (key_message == nullptr) {
        return fail(ErrorCode::unsupported_version, std::to_string(record.type));
    }
    // The type stands where older records had a version: types 0 and 1 are two versions of one key.
    auto key_json = key_message->to_json(key.subspan(2), key_message->versions.first);
    if (!key_json) {
        return std::unexpected(std::move(key_json).error());
    }
    record.key = *std::move(key_json);
    if (!value) {
        return record;
    }
    if (value->size() < 2) {
        return fail(ErrorCode::invalid_request, "the value has no version");
    }
    record.version = load_big_endian<std::int16_t>(value->data());
    const JsonMessage* value_message = find_message(MessageKind::coordinator_value, log, record.type);
    if (value_message == nullptr) {
        return fail(ErrorCode::unsupported_version, std::to_string(record.type));
    }
    auto value_json = value_message->to_json(value->subspan(2), record.version);
    if (!value_json) {
        return std::unexpected(std::move(value_json).error());
    }
    record.value = *std::move(value_json);
    return record;
}

void open_consumer_protocol(CoordinatorRecord& record) {
    if (record.type != group_metadata || !record.value || !record.value->is_object()) {
        return;
    }
    json::object& group = record.value->as_object();
    const json::value* protocol = group.if_contains("protocolType");
    json::value* members = group.if_contains("members");
    if (protocol == nullptr || *protocol != "consumer" || members == nullptr || !members->is_array()) {
        return;
    }
    for (json::value& member : members->as_array()) {
        open_field(member.as_object(), "subscription", "ConsumerProtocolSubscription");
        open_field(member.as_object(), "assignment", "ConsumerProtocolAssignment");
    }
}

std::string console_json(const CoordinatorRecord& record) {
    json::object object;
    object["key"] = json::object{{"type", record.type}, {"data", record.key}};
    object["value"] = record.value ? json::value(json::object{{"version", record.version}, {"data", *record.value}})
                                   : json::value(nullptr);
    return json::serialize(object);
}

}  // namespace barnabas
