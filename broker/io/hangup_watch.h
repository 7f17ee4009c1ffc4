#pragma once

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>
#include <functional>

#include "io/event_loop.h"

namespace barnabas {

/// Tells when the peers of sockets close their side, while nobody reads from them: for requests that wait long.
///
/// It costs one system call for each connection, and nothing for what they send. Belongs to one loop; made, used and
/// destroyed there, or while the loop does not run.
class HangupWatch {
public:
    /// `hung_up(id)` is called on the loop, once for a socket, and possibly after it was closed.
    HangupWatch(EventLoop& loop, std::function<void(std::uint64_t id)> hung_up);

    /// Watches `socket` until it is closed. False when the kernel refuses; then a hang-up is noticed when next read.
    bool add(int socket, std::uint64_t id);

    /// Calls `hung_up` no more.
    void stop();

private:
    Task<> run();
    void report();

    std::function<void(std::uint64_t)> hung_up_;
    boost::asio::posix::basic_stream_descriptor<Executor> epoll_;
};

}  // namespace barnabas
