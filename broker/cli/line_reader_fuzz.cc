#include "cli/line_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto reader = barnabas::LineReader::make({{"parse.key", "true"}, {"parse.headers", "true"}});
    (void)reader->parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
