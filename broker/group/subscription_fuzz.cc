#include <cstdint>

#include "group/subscription.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)barnabas::subscribed_topics_of(std::as_bytes(std::span(data, size)));
    return 0;
}
