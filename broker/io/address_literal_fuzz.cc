#include <cstdint>

#include "common/check.h"
#include "io/address_literal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto address = barnabas::address_literal({reinterpret_cast<const char*>(data), size});
    CHECK(!address || barnabas::address_literal(*address) == address);
    return 0;
}
