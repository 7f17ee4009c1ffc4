#include "io/hangup_watch.h"

#include <sys/epoll.h>

#include <array>

namespace barnabas {

HangupWatch::HangupWatch(EventLoop& loop, std::function<void(std::uint64_t)> hung_up)
    : hung_up_(std::move(hung_up)), epoll_(loop.context(), epoll_create1(EPOLL_CLOEXEC)) {
    loop.spawn("hang-ups", run());
}

bool HangupWatch::add(int socket, std::uint64_t id) {
    epoll_event event{};
    event.events = EPOLLRDHUP | EPOLLET | EPOLLONESHOT;
    event.data.u64 = id;
    return epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
}

Task<> HangupWatch::run() {
    while (true) {
        using boost::asio::posix::descriptor_base;
        const auto [error] = co_await epoll_.async_wait(descriptor_base::wait_read, use_task_result);
        if (error) {
            co_return;
        }
        report();
    }
}

void HangupWatch::report() {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        hung_up_(events[static_cast<std::size_t>(i)].data.u64);
    }
}

void HangupWatch::stop() {
    boost::system::error_code ignored;
    epoll_.close(ignored);
}

}  // namespace barnabas
