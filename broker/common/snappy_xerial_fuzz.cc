#include "common/check.h"
#include "common/compression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t limit = 1 << 20;
    const auto bytes = barnabas::snappy_xerial::decompress(std::as_bytes(std::span(data, size)), limit);
    CHECK(!bytes || bytes->size() <= limit);
    return 0;
}
