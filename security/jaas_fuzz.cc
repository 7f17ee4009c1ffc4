#include "security/jaas.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entry = barnabas::parse_jaas(text);
    if (entry && barnabas::parse_jaas(entry->text()) != entry) {
        std::abort();  // what is written is read as the same
    }
    (void)barnabas::parse_jaas_file(text);
    return 0;
}
