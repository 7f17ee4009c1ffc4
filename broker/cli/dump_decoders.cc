#include "cli/dump_decoders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cli/java_json.h"
#include "common/varint.h"
#include "protocol/message_table.h"

namespace barnabas {

namespace json = boost::json;

namespace {

using PlainDecoder = std::string (*)(BytesView bytes);

std::string text_of(BytesView bytes) {
    return std::string(as_text(bytes));
}

template <class Int>
std::string number_of(BytesView bytes) {
    return bytes.size() == sizeof(Int) ? std::to_string(load_big_endian<Int>(bytes.data()))
                                       : fmt::format("({} bytes, {} wanted)", bytes.size(), sizeof(Int));
}

PlainDecoder find_plain(std::string_view name) {
    name = name.substr(name.rfind('.') == name.npos ? 0 : name.rfind('.') + 1);
    return name == "StringDecoder"    ? text_of
           : name == "IntegerDecoder" ? number_of<std::int32_t>
           : name == "LongDecoder"    ? number_of<std::int64_t>
                                      : nullptr;
}

/// {"type": "1", "data": ...}: Apache writes the number as text here.
std::string typed(std::string_view what, std::int16_t number, const json::value& data) {
    return json::serialize(json::object{{what, std::to_string(number)}, {"data", data}});
}

/// "FeatureLevelRecord" -> "FEATURE_LEVEL_RECORD"
std::string upper_snake(std::string_view camel) {
    std::string snake;
    for (const char each : camel) {
        if (std::isupper(static_cast<unsigned char>(each)) != 0 && !snake.empty()) {
            snake += '_';
        }
        snake += static_cast<char>(std::toupper(static_cast<unsigned char>(each)));
    }
    return snake;
}

/// A metadata record stands behind the version of its frame (1), its type and its version.
Expected<std::string> metadata_json(BytesView value) {
    std::uint64_t frame, type, version;
    if (!take_unsigned_varint(value, frame, 5) || !take_unsigned_varint(value, type, 5) ||
        !take_unsigned_varint(value, version, 5)) {
        return fail(ErrorCode::invalid_request, "the record has no frame, type and version");
    }
    if (frame != 1) {
        return fail(
            ErrorCode::invalid_request,
            fmt::format("Could not deserialize metadata record with frame version {}", frame)
        );
    }
    const auto found = std::ranges::find_if(message_table(), [&](const JsonMessage& each) {
        return each.kind == MessageKind::metadata && static_cast<std::uint64_t>(each.id) == type;
    });
    if (found == message_table().end()) {
        return fail(ErrorCode::invalid_request, fmt::format("Unknown metadata id {}", type));
    }
    auto data = found->to_json(value, static_cast<std::int16_t>(std::min<std::uint64_t>(version, INT16_MAX)));
    if (!data) {
        return std::unexpected(std::move(data).error());
    }
    return java_json(json::object{{"type", upper_snake(found->name)}, {"version", version}, {"data", *std::move(data)}}
    );
}

}  // namespace

std::expected<RecordDecoder, std::string> make_plain_decoder(
    const std::string& key_class, const std::string& value_class
) {
    const PlainDecoder key = find_plain(key_class), value = find_plain(value_class);
    if (key == nullptr || value == nullptr) {
        return std::unexpected(fmt::format(
            "{}: Java classes cannot be loaded; built in are StringDecoder, IntegerDecoder and LongDecoder of "
            "org.apache.kafka.tools.api",
            key == nullptr ? key_class : value_class
        ));
    }
    return [key, value](const RecordView& record) {
        return DumpedRecord{
            record.key ? std::optional(key(*record.key)) : std::nullopt,
            record.value ? std::optional(value(*record.value)) : std::nullopt
        };
    };
}

RecordDecoder make_coordinator_decoder(CoordinatorLog log) {
    return [log](const RecordView& record) -> DumpedRecord {
        if (!record.key) {
            return {fmt::format("Error at offset {}, skipping. the record has no key", record.offset.value), {}};
        }
        auto decoded = decode_coordinator_record(log, *record.key, record.value);
        if (!decoded && decoded.error().code == ErrorCode::unsupported_version) {
            return {
                fmt::format(
                    "Unknown record type {} at offset {}, skipping.", decoded.error().detail, record.offset.value
                ),
                {}
            };
        }
        if (!decoded) {
            return {fmt::format("Error at offset {}, skipping. {}", record.offset.value, decoded.error().detail), {}};
        }
        if (log == CoordinatorLog::group) {
            open_consumer_protocol(*decoded);
        }
        return {
            typed("type", decoded->type, decoded->key),
            decoded->value ? typed("version", decoded->version, *decoded->value) : "<DELETE>"
        };
    };
}

RecordDecoder make_metadata_decoder() {
    return [](const RecordView& record) -> DumpedRecord {
        const auto text = metadata_json(record.value.value_or(BytesView()));
        return {{}, text ? *text : fmt::format("Error at {}, skipping. {}", record.offset.value, text.error().detail)};
    };
}

}  // namespace barnabas
