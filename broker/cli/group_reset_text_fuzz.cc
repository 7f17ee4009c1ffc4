#include "cli/group_reset.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)barnabas::parse_duration(text);
    (void)barnabas::parse_datetime(text);
    (void)barnabas::parse_reset_csv(text, {"g"});
    return 0;
}
