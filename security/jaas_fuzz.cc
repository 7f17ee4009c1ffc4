#include "security/jaas.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)barnabas::parse_jaas({reinterpret_cast<const char*>(data), size});
    return 0;
}
