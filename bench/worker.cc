#include "worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace barnabas::bench {

Worker::Worker() : poll_(::epoll_create1(0)) {}

Worker::~Worker() {
    ::close(poll_);
}

void Worker::add(std::unique_ptr<Lane> lane) {
    watch(*lane, EPOLL_CTL_ADD);
    lanes_.push_back(std::move(lane));
}

void Worker::run(Instant from, Instant until, Budget& budget) {
    tally_ = {.from = from, .until = until};
    aside_ = {.from = from, .until = until};
    for (auto& lane : lanes_) {
        turn(*lane);
    }
    while (tally_.failure.empty() && aside_.failure.empty() && !budget.spent() && system_clock().now() < until) {
        const std::uint64_t before = tally_.requests;
        wait(next_due(until));
        turn_due();
        if (tally_.requests != before) {
            budget.spend(tally_.requests - before);
        }
    }
    tally_.until = std::min(until, system_clock().now());
}

void Worker::wait(Instant end) {
    std::array<epoll_event, 64> events;
    const auto nanoseconds = std::max<std::int64_t>((end - system_clock().now()).count(), 0);
    const timespec timeout{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    const int count = ::epoll_pwait2(poll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    for (int i = 0; i < count; ++i) {
        turn(*static_cast<Lane*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
}

void Worker::watch(Lane& lane, int operation) const {
    epoll_event event{};
    event.events = EPOLLIN | (lane.blocked() ? EPOLLOUT : 0U);
    event.data.ptr = &lane;
    ::epoll_ctl(poll_, operation, lane.fd(), &event);
}

void Worker::turn(Lane& lane) const {
    const bool was_blocked = lane.blocked();
    lane.turn(system_clock().now());
    if (lane.blocked() != was_blocked) {
        watch(lane, EPOLL_CTL_MOD);
    }
}

void Worker::turn_due() const {
    for (const auto& lane : lanes_) {
        const auto due = lane->due();
        if (due && *due <= system_clock().now()) {
            turn(*lane);
        }
    }
}

Instant Worker::next_due(Instant end) const {
    Instant first = end;
    for (const auto& lane : lanes_) {
        if (const auto due = lane->due()) {
            first = std::min(first, *due);
        }
    }
    return first;
}

}  // namespace barnabas::bench
