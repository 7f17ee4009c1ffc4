#include "common/check.h"
#include "common/crc32c.h"
#include "log/producer_snapshot.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    Bytes bytes = copy(std::as_bytes(std::span(data, size)));
    if (bytes.size() >= 6) {
        store_big_endian(bytes.data() + 2, crc32c(BytesView(bytes).subspan(6)));  // or nothing would pass
    }
    const auto entries = parse_producer_snapshot(bytes);
    CHECK(!entries || entries->size() * 46 <= size);
    return 0;
}
