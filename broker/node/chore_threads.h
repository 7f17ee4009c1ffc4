#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "common/clock.h"

namespace barnabas {

/// Threads that look after the logs at their deadlines: upkeep on one, the cleaner on `log.cleaner.threads`. They know
/// nothing of logs: each runs a chore when it is due, and sleeps until it is due again.
class ChoreThreads {
public:
    struct Chore {
        std::function<void()> run_due;
        std::function<Instant()> next_deadline;
    };

    explicit ChoreThreads(const Clock& clock) : clock_(clock) {}
    ~ChoreThreads() { stop(); }
    ChoreThreads(const ChoreThreads&) = delete;
    ChoreThreads& operator=(const ChoreThreads&) = delete;

    /// Runs the chore on a thread of its own from now on.
    void add(Chore chore);
    /// The same for what is due whenever `interval` has passed since it was done.
    void add_repeating(std::function<void()> run, std::chrono::milliseconds interval);
    /// Ends all threads; a chore that runs is waited for.
    void stop();

private:
    void work(const Chore& chore);

    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable stopping_changed_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace barnabas
