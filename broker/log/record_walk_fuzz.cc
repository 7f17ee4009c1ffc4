#include "common/check.h"
#include "log/record_walk_reference.h"

/// A walk over a batch's records finds what a reader finds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    if (size < 1) {
        return 0;
    }
    const Bytes bytes = copy(std::as_bytes(std::span(data + 1, size - 1)));
    const auto batch = RecordBatchView::parse(bytes);
    if (!batch || batch->compression() != Compression::none || batch->timestamp_type() != TimestampType::create_time) {
        return 0;
    }
    const Timestamp now{std::chrono::milliseconds(1700000000000)};
    const UsualRecord usual{(data[0] & 1) != 0, now - std::chrono::days(data[0]), now + std::chrono::days(data[0])};
    const auto seen = walk_over_records(*batch, batch->records(), usual);
    CHECK(!seen || seen == read_usual_records(*batch, usual));
    return 0;
}
