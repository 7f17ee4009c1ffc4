#include <cstdint>

#include "common/check.h"
#include "group/group_record.h"

using namespace barnabas;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const BytesView input = std::as_bytes(std::span(data, size));
    const std::size_t key_size = std::min<std::size_t>(std::to_integer<std::size_t>(input[0]), size - 1);
    const BytesView key = input.subspan(1, key_size);
    const BytesView rest = input.subspan(1 + key_size);
    const auto record = decode_group_record(key, rest.empty() ? std::nullopt : std::optional(rest));
    if (!record || !*record || std::holds_alternative<OtherGroupRecord>(**record)) {
        return 0;
    }
    // What was read once survives being written and read again, in the fields that we write.
    const Record written = encode(**record);
    const auto again =
        decode_group_record(*written.key, written.value ? std::optional<BytesView>(*written.value) : std::nullopt);
    CHECK(again && *again && encode(**again) == written);
    return 0;
}
