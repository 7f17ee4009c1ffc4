#include "security/principal_rules.h"

#include <algorithm>
#include <cstdint>

// Rules, a zero, and a name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\0'), text.size());
    if (const auto rules = barnabas::PrincipalRules::parse(text.substr(0, end))) {
        (void)rules->name_of(text.substr(std::min(end + 1, text.size())));
    }
    return 0;
}
