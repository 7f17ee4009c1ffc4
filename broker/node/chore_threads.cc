#include "node/chore_threads.h"

#include <algorithm>

namespace barnabas {

namespace {

/// A deadline may move closer while a thread sleeps (a changed interval, a deleted topic): it looks this often.
constexpr std::chrono::seconds longest_sleep{1};
/// A chore that is always due must not spin.
constexpr std::chrono::milliseconds shortest_sleep{1};

}  // namespace

void ChoreThreads::add(Chore chore) {
    threads_.emplace_back([this, chore = std::move(chore)] { work(chore); });
}

void ChoreThreads::work(const Chore& chore) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const Instant now = clock_.now();
        const Instant due = chore.next_deadline();
        if (due <= now) {
            lock.unlock();
            chore.run_due();
            lock.lock();
        }
        const Instant wake = std::clamp(chore.next_deadline(), now + shortest_sleep, now + longest_sleep);
        stopping_changed_.wait_until(lock, wake, [this] { return stopping_; });
    }
}

void ChoreThreads::add_repeating(std::function<void()> run, std::chrono::milliseconds interval) {
    const auto due = std::make_shared<std::atomic<Instant>>(later(clock_.now(), interval));
    add(
        {[this, due, interval, run = std::move(run)] {
             run();
             *due = later(clock_.now(), interval);
         },
         [due] { return due->load(); }}
    );
}

void ChoreThreads::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    stopping_changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

}  // namespace barnabas
