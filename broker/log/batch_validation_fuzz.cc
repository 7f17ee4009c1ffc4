#include "common/check.h"
#include "log/batch_validation.h"

/// A producer's bytes are refused, or come out whole and readable.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    if (size < 2) {
        return 0;
    }
    TopicConfig config;
    config.compression_type = static_cast<CompressionSetting>(data[0] % 6);
    config.cleanup_policy.compacts = (data[1] & 1) != 0;
    config.message_timestamp_type = (data[1] & 2) != 0 ? TimestampType::log_append_time : TimestampType::create_time;
    Bytes bytes = copy(std::as_bytes(std::span(data + 2, size - 2)));
    if (bytes.size() > batch_layout::records && RecordBatchView::parse(bytes)) {
        set_crc(bytes);  // or nothing would pass
    }
    const Timestamp now{std::chrono::milliseconds(1700000000000)};
    auto valid = validate(bytes, {"fuzz-0", config, AppendOrigin::client, now});
    if (valid) {
        place(*valid, {70}, {3}, now);
        const auto batch = RecordBatchView::parse(valid->bytes);
        CHECK(batch && batch->crc_matches() && batch->base_offset() == Offset{70});
    }
    return 0;
}
