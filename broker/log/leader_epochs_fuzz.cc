#include "common/bytes.h"
#include "common/check.h"
#include "log/leader_epochs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const auto epochs = LeaderEpochs::parse(as_text(std::as_bytes(std::span(data, size))));
    if (epochs) {
        CHECK(LeaderEpochs::parse(epochs->text())->entries() == epochs->entries());
    }
    return 0;
}
