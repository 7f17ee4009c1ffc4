#include "common/check.h"
#include "security/scram_credential.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const ScramMechanism mechanism : {ScramMechanism::sha_256, ScramMechanism::sha_512}) {
        if (const auto credential = parse_scram_credential(mechanism, text)) {
            CHECK(parse_scram_credential(mechanism, credential->text()) == *credential);
        }
    }
    return 0;
}
