#include "security/sasl_scram.h"

#include <algorithm>
#include <cstdint>

#include "security/sasl_client.h"
#include "security/scram_message.h"

namespace {

class OneAccount final : public barnabas::ScramAccounts {
public:
    [[nodiscard]] barnabas::ScramAccount user(barnabas::ScramMechanism mechanism, std::string_view user_name)
        const override {
        return {.credential = barnabas::decoy_credential(mechanism, user_name, {}), .name = std::string(user_name)};
    }
    [[nodiscard]] barnabas::ScramAccount token(
        barnabas::ScramMechanism mechanism, std::string_view id, barnabas::Timestamp
    ) const override {
        return user(mechanism, id);
    }
};

}  // namespace

// Two messages with a zero between them, for the server; and the second one for the client.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const OneAccount account;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view first = text.substr(0, text.find('\0'));
    const std::string_view second = text.substr(std::min(first.size() + 1, text.size()));
    barnabas::ScramExchange server(barnabas::ScramMechanism::sha_256, account, "nonce");
    if (std::holds_alternative<barnabas::SaslChallenge>(server.step(barnabas::as_bytes(first), {}))) {
        (void)server.step(barnabas::as_bytes(second), {});
    }
    (void)barnabas::parse_scram_server_first(second);
    (void)barnabas::parse_scram_server_final(second);
    return 0;
}
