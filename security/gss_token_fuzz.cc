#include "security/gss_token.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)barnabas::is_first_kerberos_token({reinterpret_cast<const std::byte*>(data), size});
    return 0;
}
