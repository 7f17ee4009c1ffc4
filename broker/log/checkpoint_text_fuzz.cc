#include "log/checkpoint_text.h"

#include "common/check.h"

/// Any bytes are read or refused; what is read is written and read again to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const auto offsets = parse_partition_offsets({reinterpret_cast<const char*>(data), size});
    if (offsets) {
        CHECK(parse_partition_offsets(partition_offsets_text(*offsets)) == *offsets);
    }
    return 0;
}
