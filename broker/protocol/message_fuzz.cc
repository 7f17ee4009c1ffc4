#include "common/check.h"
#include "protocol/message_table.h"

/// The first three bytes choose a message and a version, the rest is its body. What decodes must encode, and decode to
/// the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    if (size < 3) {
        return 0;
    }
    const auto rows = message_table();
    const JsonMessage& row = rows[(data[0] * 256U + data[1]) % rows.size()];
    const int versions = row.versions.last - row.versions.first + 1;
    const auto version = static_cast<std::int16_t>(row.versions.first + data[2] % versions);
    const BytesView body = std::as_bytes(std::span(data + 3, size - 3));
    const auto json = row.to_json(body, version);
    const auto again = row.reencode(body, version);
    CHECK(json.has_value() == again.has_value());
    if (again) {
        const auto second = row.to_json(*again, version);
        CHECK(second && boost::json::serialize(*second) == boost::json::serialize(*json));
    }
    return 0;
}
