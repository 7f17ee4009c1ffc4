#include "raft/snapshot_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    auto reader = SnapshotReader::of(Bytes(bytes, bytes + size), {});
    while (reader) {
        const auto values = reader->next();
        if (!values || !*values) {
            break;
        }
    }
    return 0;
}
