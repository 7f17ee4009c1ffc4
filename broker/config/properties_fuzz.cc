#include <cstdlib>

#include "config/properties.h"

/// Whatever is read can be written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto first = barnabas::parse_properties({reinterpret_cast<const char*>(data), size});
    if (!first) {
        return 0;
    }
    const auto again = barnabas::parse_properties(barnabas::write_properties(*first));
    if (!again || again->size() != first->size()) {
        std::abort();
    }
    for (std::size_t i = 0; i < first->size(); ++i) {
        if ((*first)[i].key != (*again)[i].key || (*first)[i].value != (*again)[i].value) {
            std::abort();
        }
    }
    return 0;
}
