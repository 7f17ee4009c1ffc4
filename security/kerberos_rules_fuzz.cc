#include "security/kerberos_rules.h"

#include <algorithm>
#include <cstdint>

// A rule, a zero, and a principal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view rule = text.substr(0, text.find('\0'));
    const auto rules = barnabas::KerberosRules::parse({std::string(rule), "DEFAULT"});
    const auto name = barnabas::KerberosName::parse(text.substr(std::min(rule.size() + 1, text.size())));
    if (rules && name) {
        (void)rules->name_of(*name, "REALM");
    }
    return 0;
}
