#include "cli/coordinator_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const BytesView bytes = std::as_bytes(std::span(data, size));
    const BytesView key = bytes.first(size / 2), value = bytes.subspan(size / 2);
    for (const auto log : {CoordinatorLog::group, CoordinatorLog::transaction, CoordinatorLog::share}) {
        if (auto record = decode_coordinator_record(log, key, value)) {
            open_consumer_protocol(*record);
            (void)console_json(*record);
        }
    }
    return 0;
}
