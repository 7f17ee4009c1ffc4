#include "security/bearer_token.h"

#include <algorithm>
#include <cstdint>

#include "security/sasl_oauthbearer.h"

// A client's message, a zero, and a key set.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view message = text.substr(0, text.find('\0'));
    const auto keys = barnabas::Jwks::parse(text.substr(std::min(message.size() + 1, text.size())));
    const auto parsed = barnabas::parse_oauthbearer(message);
    const std::string_view token = parsed ? std::string_view(parsed->token) : message;
    for (const bool signature : {true, false}) {
        barnabas::BearerRules rules;
        rules.signature = signature;
        (void)barnabas::check_bearer_token(token, rules, keys ? &*keys : nullptr, {});
    }
    return 0;
}
