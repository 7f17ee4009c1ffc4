#include "common/check.h"
#include "log/meta_properties.h"

/// Any bytes are read or refused; what is read is written and read again to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    if (const auto meta = parse_meta_properties({reinterpret_cast<const char*>(data), size})) {
        CHECK(parse_meta_properties(meta_properties_text(*meta, {})) == *meta);
    }
    return 0;
}
