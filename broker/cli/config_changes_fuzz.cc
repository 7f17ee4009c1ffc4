#include "cli/config_changes.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    (void)barnabas::parse_config_changes({reinterpret_cast<const char*>(data), size});
    return 0;
}
