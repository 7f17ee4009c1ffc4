#include "protocol/vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "protocol/message_table.h"

namespace barnabas {

namespace {

std::string hex_of(BytesView bytes) {
    std::string text;
    for (const std::byte byte : bytes) {
        text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    }
    return text;
}

std::optional<Bytes> bytes_of(std::string_view hex) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
        if (error != std::errc() || end != hex.data() + i + 2) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<std::byte>(value));
    }
    return hex.size() % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

/// Puts the decoded records where the vector has the placeholder "".
void fill_records(boost::json::value& expected, const boost::json::value& decoded) {
    if (expected.is_object() && decoded.is_object()) {
        for (auto& [key, value] : expected.as_object()) {
            if (const auto* actual = decoded.as_object().if_contains(key)) {
                if ((key == "records" || key == "unalignedRecords") && value.is_string() && value.as_string().empty()) {
                    value = *actual;
                } else {
                    fill_records(value, *actual);
                }
            }
        }
    } else if (expected.is_array() && decoded.is_array()) {
        const std::size_t size = std::min(expected.as_array().size(), decoded.as_array().size());
        for (std::size_t i = 0; i < size; ++i) {
            fill_records(expected.as_array()[i], decoded.as_array()[i]);
        }
    }
}

struct Vector {
    std::string message;
    std::int16_t version = 0;
    boost::json::value value;
    Bytes bytes;
};

std::expected<Vector, std::string> parse_vector(const std::string& line) {
    boost::system::error_code error;
    const boost::json::value row = boost::json::parse(line, error);
    if (error || !row.is_object()) {
        return std::unexpected("no JSON object");
    }
    const boost::json::object& object = row.as_object();
    const auto* message = object.if_contains("message");
    const auto* version = object.if_contains("version");
    const auto* value = object.if_contains("value");
    const auto* hex = object.if_contains("hex");
    if (message == nullptr || !message->is_string() || version == nullptr || !version->is_int64() || value == nullptr ||
        hex == nullptr || !hex->is_string()) {
        return std::unexpected("message, version, value and hex are wanted");
    }
    auto bytes = bytes_of(std::string_view(hex->as_string()));
    if (!bytes) {
        return std::unexpected("the hex is damaged");
    }
    return Vector{
        std::string(message->as_string()), static_cast<std::int16_t>(version->as_int64()), *value, *std::move(bytes)
    };
}

/// Nothing when the codec agrees with the vector, otherwise what differs.
std::optional<std::string> difference(Vector vector) {
    const auto rows = message_table();
    const auto row = std::ranges::find(rows, vector.message, &JsonMessage::name);
    if (row == rows.end()) {
        return "no message of this name";
    }
    const auto decoded = row->to_json(vector.bytes, vector.version);
    if (!decoded) {
        return decoded.error().detail;
    }
    fill_records(vector.value, *decoded);
    if (*decoded != vector.value) {
        return "decoded " + boost::json::serialize(*decoded) + ", expected " + boost::json::serialize(vector.value);
    }
    const auto again = row->reencode(vector.bytes, vector.version);
    if (!again || *again != vector.bytes) {
        return "encoded again: " + (again ? hex_of(*again) : again.error().detail);
    }
    // A value cannot say what stands in unknown tagged fields: then less is encoded, which must still mean the value.
    const auto encoded = row->to_bytes(vector.value, vector.version);
    const bool tags_lost =
        encoded && encoded->size() < vector.bytes.size() && row->to_json(*encoded, vector.version) == decoded;
    if (!encoded || (*encoded != vector.bytes && !tags_lost)) {
        return "encoded from the value: " + (encoded ? hex_of(*encoded) : encoded.error().detail);
    }
    return std::nullopt;
}

}  // namespace

VectorCount check_vectors(std::istream& vectors, std::ostream& report) {
    VectorCount count;
    std::string line;
    for (int number = 1; std::getline(vectors, line); ++number) {
        if (line.empty()) {
            continue;
        }
        auto vector = parse_vector(line);
        const std::string message = vector ? fmt::format("{} v{}", vector->message, vector->version) : "?";
        const auto wrong = vector ? difference(*std::move(vector)) : vector.error();
        if (wrong) {
            ++count.failed;
            report << "line " << number << ": " << message << ": " << *wrong << '\n';
        } else {
            ++count.passed;
        }
    }
    return count;
}

}  // namespace barnabas
