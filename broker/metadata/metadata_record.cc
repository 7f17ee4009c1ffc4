#include "metadata/metadata_record.h"

#include <array>
#include <utility>

namespace barnabas {
namespace {

constexpr std::uint32_t frame_version = 1;

template <std::size_t index>
Expected<MetadataMessage> decode_alternative(BytesView body, std::int16_t version) {
    using Record = std::variant_alternative_t<index, MetadataMessage>;
    if (!Record::versions.contains(version)) {
        return fail(
            ErrorCode::unsupported_version,
            fmt::format("{} version {} is newer than this program", Record::message_name, version)
        );
    }
    Reader reader(body);
    MetadataMessage message(std::in_place_index<index>);
    std::get<index>(message).read(reader, version);
    if (reader.failed()) {
        return fail(ErrorCode::invalid_record, fmt::format("{}: {}", Record::message_name, reader.error()));
    }
    if (reader.remaining() > 0) {
        return fail(
            ErrorCode::invalid_record, fmt::format("{}: {} bytes too many", Record::message_name, reader.remaining())
        );
    }
    return message;
}

using Decoder = Expected<MetadataMessage> (*)(BytesView, std::int16_t);

struct Row {
    std::uint32_t api_key;
    Decoder decode;
};

constexpr auto rows = []<std::size_t... index>(std::index_sequence<index...>) {
    return std::array{
        Row{static_cast<std::uint32_t>(std::variant_alternative_t<index, MetadataMessage>::api_key),
            decode_alternative<index>}...
    };
}(std::make_index_sequence<std::variant_size_v<MetadataMessage>>());

}  // namespace

Bytes encode_metadata_record(const MetadataRecord& record) {
    Writer writer;
    std::visit(
        [&](const auto& message) {
            writer.unsigned_varint(frame_version);
            writer.unsigned_varint(static_cast<std::uint64_t>(message.api_key));
            writer.unsigned_varint(static_cast<std::uint64_t>(record.version));
            message.write(writer, record.version);
        },
        record.message
    );
    return std::move(writer.bytes());
}

Expected<MetadataRecord> decode_metadata_record(BytesView value) {
    Reader reader(value);
    const std::uint32_t frame = reader.unsigned_varint();
    const std::uint32_t api_key = reader.unsigned_varint();
    const std::uint32_t version = reader.unsigned_varint();
    if (reader.failed()) {
        return fail(ErrorCode::invalid_record, fmt::format("a metadata record's frame: {}", reader.error()));
    }
    if (frame != frame_version) {
        return fail(ErrorCode::unsupported_version, fmt::format("metadata frame version {} is not known", frame));
    }
    if (version > INT16_MAX) {
        return fail(ErrorCode::invalid_record, fmt::format("{} is no version of a metadata record", version));
    }
    for (const Row& row : rows) {
        if (row.api_key == api_key) {
            const auto number = static_cast<std::int16_t>(version);
            auto message = row.decode(reader.rest(), number);
            if (!message) {
                return std::unexpected(message.error());
            }
            return MetadataRecord{*std::move(message), number};
        }
    }
    return fail(ErrorCode::unsupported_version, fmt::format("metadata record type {} is not known", api_key));
}

std::string_view type_name(const MetadataRecord& record) {
    return std::visit([](const auto& message) { return message.message_name; }, record.message);
}

}  // namespace barnabas
