#include "security/scram_argument.h"

#include "common/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = parse_scram_argument(text, as_bytes("salt"));
    CHECK(parsed || !parsed.error().empty());
    CHECK(!parsed || (!parsed->user.empty() && !parsed->credential.stored_key.empty()));
    return 0;
}
