#include "client/assignor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    (void)barnabas::decode_subscription(bytes);
    (void)barnabas::decode_assignment(bytes);
    return 0;
}
