#include "client/endpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)barnabas::parse_endpoints({reinterpret_cast<const char*>(data), size});
    return 0;
}
