#pragma once

#include <memory>

#include "io/waiter.h"
#include "raft/raft_driver.h"

namespace barnabas {

/// Runs a driver on an event loop of its own: it syncs files there. The loop's thread is the raft thread, so whoever
/// uses the driver posts to that loop.
class RaftLoop {
public:
    /// Both outlive the loop object.
    RaftLoop(RaftDriver& driver, EventLoop& loop);

    /// Steps whenever there is something to do, until `stop()`, or until the driver fails: the error is answered.
    Task<Expected<void>> run();

    /// `run()` returns soon. Any thread.
    void stop();

private:
    RaftDriver& driver_;
    std::shared_ptr<Waiter> waiter_;
    std::atomic<bool> stopped_ = false;
};

}  // namespace barnabas
