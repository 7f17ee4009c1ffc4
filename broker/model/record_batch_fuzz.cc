#include "common/check.h"
#include "model/record.h"

/// Whatever the bytes, reading a batch ends, and gives only views into what is there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const BytesView bytes = std::as_bytes(std::span(data, size));
    const auto batch = RecordBatchView::parse(bytes);
    if (!batch) {
        return 0;
    }
    CHECK(batch->size() <= size);
    auto reader = RecordReader::open(*batch, 1 << 20);
    while (reader) {
        const auto record = reader->next();
        if (!record || !*record) {
            break;
        }
        CHECK((*record)->headers().size() == static_cast<std::size_t>((*record)->header_count));
    }
    return 0;
}
