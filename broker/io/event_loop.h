#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "io/task.h"

namespace barnabas {

/// One thread that runs coroutines and completions, one at a time. What belongs to a loop needs no lock.
///
/// The owner keeps it alive until everything that was spawned or posted on it is done or may be thrown away: the
/// destructor stops the thread and destroys suspended coroutines.
class EventLoop {
public:
    /// `name` is the thread's, at most 15 characters.
    explicit EventLoop(std::string name);
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Starts the thread. What was posted before runs then.
    void start();
    /// The thread finishes what it is in and ends; waits for it. Called on the loop itself, it does not wait.
    void stop();

    [[nodiscard]] boost::asio::io_context& context() { return context_; }
    [[nodiscard]] bool in_thread() const { return current() == this; }

    /// Runs `function` on the loop soon. Any thread.
    template <class Function>
    void post(Function&& function) {
        boost::asio::post(context_, std::forward<Function>(function));
    }

    /// Runs `task` on the loop, independent of the caller. Any thread. An exception that leaves the task is logged with
    /// `what`, which must be a literal.
    void spawn(std::string_view what, Task<> task);

    /// The loop of the calling thread, or null.
    [[nodiscard]] static EventLoop* current();

private:
    std::string name_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<Executor> work_{context_.get_executor()};
    std::thread thread_;
};

/// The loops that serve connections: one a core.
class LoopPool {
public:
    /// Starts `count` loops.
    explicit LoopPool(std::size_t count);

    [[nodiscard]] std::size_t size() const { return loops_.size(); }
    [[nodiscard]] EventLoop& at(std::size_t index) { return *loops_[index]; }
    /// Stops all loops, one after the other.
    void stop();

private:
    std::vector<std::unique_ptr<EventLoop>> loops_;
};

}  // namespace barnabas
