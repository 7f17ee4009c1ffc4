#include "protocol/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "common/big_endian.h"
#include "common/check.h"

namespace barnabas {

namespace {

constexpr std::array<std::string_view, 8> http_methods{"GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN"};

}  // namespace

FrameBuffer::FrameBuffer(std::size_t max_frame) : max_frame_(max_frame) {}

FrameBuffer::State FrameBuffer::state() const {
    if (held() < length_size) {
        return State::incomplete;
    }
    const std::size_t size = frame_size();
    return size == 0 ? State::broken : held() >= size ? State::complete : State::incomplete;
}

std::size_t FrameBuffer::frame_size() const {
    return size_of_frame_at(begin_);
}

bool FrameBuffer::next_is_complete() const {
    const std::size_t next = begin_ + frame_size();
    const std::size_t size = size_of_frame_at(next);
    return size > 0 && end_ - next >= size;
}

std::size_t FrameBuffer::size_of_frame_at(std::size_t begin) const {
    if (end_ - begin < length_size) {
        return 0;
    }
    const auto length = load_big_endian<std::int32_t>(bytes_.get() + begin);
    const bool sane = length >= 0 && static_cast<std::size_t>(length) <= max_frame_;
    return sane ? length_size + static_cast<std::size_t>(length) : 0;
}

BytesView FrameBuffer::frame() const {
    CHECK(state() == State::complete);
    return {bytes_.get() + begin_ + length_size, frame_size() - length_size};
}

std::string FrameBuffer::problem() const {
    CHECK(state() == State::broken);
    const BytesView start{bytes_.get() + begin_, length_size};
    if (std::ranges::find(http_methods, as_text(start)) != http_methods.end()) {
        return "an HTTP request, where Kafka's protocol is spoken: HTTP is on the port of barnabas.http.listener";
    }
    // A record of type handshake, of SSL 3 or TLS.
    if (start[0] == std::byte{22} && start[1] == std::byte{3} && start[2] <= std::byte{4}) {
        return "a TLS handshake, where plaintext is spoken: set the client's security.protocol, or take a TLS listener";
    }
    const auto length = load_big_endian<std::int32_t>(start.data());
    if (length < 0) {
        return fmt::format("a request of {} bytes: the client does not speak Kafka's protocol", length);
    }
    return fmt::format(
        "a request of {} bytes, where socket.request.max.bytes allows {}: raise it, or find a client that speaks "
        "Kafka's protocol",
        length, max_frame_
    );
}

void FrameBuffer::make_room(std::size_t capacity) {
    const std::size_t wanted = std::max(frame_size(), length_size);
    if (std::max(wanted, capacity) > capacity_) {
        return reallocate(std::max(wanted, capacity));
    }
    // Before a frame has begun there is nothing or little to move, and the next receive should find all of the memory.
    if (held() >= length_size && begin_ + wanted <= capacity_) {
        return;
    }
    std::memmove(bytes_.get(), bytes_.get() + begin_, held());
    end_ -= begin_;
    begin_ = 0;
}

void FrameBuffer::pop() {
    begin_ += frame_size();
}

void FrameBuffer::trim() {
    if (held() == 0 && capacity_ > base_capacity) {
        reallocate(base_capacity);
    }
}

void FrameBuffer::reallocate(std::size_t capacity) {
    auto bytes = std::make_unique_for_overwrite<std::byte[]>(capacity);
    const std::size_t kept = held();
    if (kept > 0) {
        std::memcpy(bytes.get(), bytes_.get() + begin_, kept);
    }
    bytes_ = std::move(bytes);
    capacity_ = capacity;
    begin_ = 0;
    end_ = kept;
    filled_ = false;
}

}  // namespace barnabas
