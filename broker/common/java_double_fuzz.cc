#include <cmath>
#include <cstdint>

#include "common/check.h"
#include "common/java_double.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = barnabas::parse_java_double({reinterpret_cast<const char*>(data), size});
    CHECK(!value || std::isnan(*value) || barnabas::parse_java_double(barnabas::java_text(*value)) == value);
    return 0;
}
