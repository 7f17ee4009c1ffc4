#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "io/busy_time.h"
#include "io/event_loop.h"

namespace barnabas {

/// Threads for work that blocks: flushes, reads of cold pages, recovery, deletion. Any thread may hand it work.
///
/// Must be stopped before the loops of the coroutines that wait for it.
class BackgroundPool {
public:
    using Job = std::move_only_function<void()>;

    /// At most `max_queued` posted jobs wait for a thread.
    BackgroundPool(std::size_t threads, std::size_t max_queued);
    ~BackgroundPool();
    BackgroundPool(const BackgroundPool&) = delete;
    BackgroundPool& operator=(const BackgroundPool&) = delete;

    /// From now on works with so many threads, at least 1: new ones begin, and those too many end after their job.
    void resize(std::size_t threads);

    /// Runs `job` on one of the threads. False, and nothing done, when the queue is full or the pool has stopped: the
    /// caller tries again later. `job` must not throw.
    [[nodiscard]] bool post(Job job);

    /// Runs `function()` on one of the threads while the calling coroutine waits, and returns its result on the
    /// coroutine's loop. Is not bounded by `max_queued`: each coroutine waits for one job. It is not cut short when the
    /// coroutine is cancelled. The pool must not have been stopped.
    template <class Function>
    auto run(Function function) -> Task<std::invoke_result_t<Function&>> {
        using Result = std::invoke_result_t<Function&>;
        BusyTime* const busy = BusyTime::pause();
        if constexpr (std::is_void_v<Result>) {
            co_await run_job([&function] { function(); });
            BusyTime::resume(busy);
        } else {
            std::optional<Result> result;
            co_await run_job([&function, &result] { result.emplace(function()); });
            BusyTime::resume(busy);
            co_return *std::move(result);
        }
    }

    /// Runs what is queued, then ends the threads. Idempotent.
    void stop();

private:
    Task<> run_job(Job job);
    void enqueue(Job job);
    void work();

    const std::size_t max_queued_;
    std::mutex mutex_;
    std::condition_variable available_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::size_t wanted_ = 0;
    std::size_t running_ = 0;
    std::vector<std::thread> threads_;  ///< joined at the end, those too that ended before
};

}  // namespace barnabas
