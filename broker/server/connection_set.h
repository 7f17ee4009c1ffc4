#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "io/hangup_watch.h"
#include "server/connection.h"

namespace barnabas {

/// The connections of one loop: their hang-ups, their idle times, their end. Used on the loop; may be destroyed
/// elsewhere once it has ended.
class ConnectionSet {
public:
    ConnectionSet(EventLoop& loop, std::optional<std::chrono::milliseconds> max_idle);

    /// Takes `connection` and starts it.
    void add(std::shared_ptr<Connection> connection);
    /// Closes all; calls `ended` when the last one is gone. None may be added any more.
    void close(std::function<void()> ended);

    [[nodiscard]] EventLoop& loop() { return loop_; }

private:
    void remove(std::uint64_t id);
    Task<> check_now_and_then();

    EventLoop& loop_;
    std::optional<std::chrono::milliseconds> max_idle_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
    HangupWatch hangups_;
    std::shared_ptr<Waiter> stop_;
    std::uint64_t next_id_ = 0;
    std::function<void()> ended_;  ///< set when closed
};

}  // namespace barnabas
