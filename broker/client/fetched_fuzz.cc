#include "client/fetched.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)barnabas::read_fetched({"t", {0}}, nullptr, std::as_bytes(std::span(data, size)), {0}, nullptr);
    return 0;
}
