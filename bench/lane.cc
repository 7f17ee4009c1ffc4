#include "lane.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace barnabas::bench {

Lane::Lane(Socket socket, Tally& tally, int depth)
    : socket_(std::move(socket)),
      tally_(tally),
      depth_(static_cast<std::size_t>(depth)),
      received_(std::size_t{1} << 30) {
    socket_.set_nonblocking();
}

void Lane::turn(Instant now) {
    receive();
    send(now);
}

void Lane::send(Instant now) {
    while (send_unsent() && in_flight() < depth_) {
        const auto outgoing = next(now);
        if (!outgoing) {
            return;
        }
        unsent_ = outgoing->frame;
        if (outgoing->sent.answered) {
            sent_.push_back(outgoing->sent);
        } else {
            tally_.add(now, outgoing->sent.begun, outgoing->sent.bytes, outgoing->sent.records);
        }
    }
}

/// Whether all is sent.
bool Lane::send_unsent() {
    while (blocked()) {
        const auto size = socket_.send(unsent_);
        if (size < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                tally_.fail(fmt::format("sending: {}", std::strerror(errno)));
            }
            return false;
        }
        unsent_ = unsent_.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

void Lane::receive() {
    while (true) {
        received_.make_room();
        const MutableBytes room = received_.room();
        const auto size = socket_.recv(room);
        if (size <= 0) {
            if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
                tally_.fail(
                    size == 0 ? "the broker closed a connection" : fmt::format("receiving: {}", std::strerror(errno))
                );
            }
            return;
        }
        received_.received(static_cast<std::size_t>(size));
        const Instant now = system_clock().now();
        while (received_.state() == FrameBuffer::State::complete && !sent_.empty()) {
            const Sent sent = sent_.front();
            sent_.pop_front();
            if (auto taken = take(received_.frame(), sent, now); !taken) {
                tally_.fail(taken.error());
            }
            received_.pop();
        }
        if (static_cast<std::size_t>(size) < room.size()) {
            return;
        }
    }
}

}  // namespace barnabas::bench
