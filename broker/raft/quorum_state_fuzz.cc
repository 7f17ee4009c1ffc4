#include "common/check.h"
#include "raft/quorum_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const auto state = parse_quorum_state({reinterpret_cast<const char*>(data), size});
    if (state) {
        CHECK(parse_quorum_state(quorum_state_text(*state, 1, {})) == state);
    }
    return 0;
}
