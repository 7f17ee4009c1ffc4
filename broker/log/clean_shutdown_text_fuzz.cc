#include "common/check.h"
#include "log/clean_shutdown_text.h"

/// Any bytes are read or refused; what is read is written and read again to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    if (const auto epoch = parse_clean_shutdown({reinterpret_cast<const char*>(data), size})) {
        CHECK(parse_clean_shutdown(clean_shutdown_text(*epoch)) == *epoch);
    }
    return 0;
}
