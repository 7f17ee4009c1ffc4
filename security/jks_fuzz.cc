#include "security/jks.h"
#include "security/key_store.h"

/// Whatever a JKS file holds, it is read or refused.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace barnabas;
    const BytesView input = std::as_bytes(std::span(data, size));
    Bytes file{std::byte{0xFE}, std::byte{0xED}, std::byte{0xFE}, std::byte{0xED}};
    file.insert(file.end(), input.begin(), input.end());
    if (const auto jks = read_jks(file, "")) {
        for (const Jks::Key& key : jks->keys) {
            static_cast<void>(unprotect_jks_key(key.protected_key, "secret"));
        }
    }
    static_cast<void>(unprotect_jks_key(input, "secret"));
    static_cast<void>(parse_key_store("it", file, {.password = ""}, "secret"));
    static_cast<void>(parse_trust_store("it", input, {.password = "secret"}));
    return 0;
}
