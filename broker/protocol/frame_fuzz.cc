#include <algorithm>
#include <cstdint>

#include "common/check.h"
#include "protocol/frame.h"

using namespace barnabas;

/// The first byte says in how large pieces the rest arrives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::size_t piece = std::size_t{data[0]} + 1;
    BytesView input = std::as_bytes(std::span(data, size)).subspan(1);
    FrameBuffer buffer(100'000);
    std::size_t framed = 0;
    while (true) {
        switch (buffer.state()) {
            case FrameBuffer::State::broken:
                CHECK(!buffer.problem().empty());
                return 0;
            case FrameBuffer::State::complete:
                framed += buffer.frame().size() + FrameBuffer::length_size;
                buffer.pop();
                continue;
            case FrameBuffer::State::incomplete:
                break;
        }
        if (input.empty()) {
            CHECK(framed + buffer.held() == size - 1);
            return 0;
        }
        buffer.make_room();
        const auto taken = input.first(std::min({piece, input.size(), buffer.room().size()}));
        CHECK(!taken.empty());
        std::ranges::copy(taken, buffer.room().begin());
        buffer.received(taken.size());
        input = input.subspan(taken.size());
    }
}
