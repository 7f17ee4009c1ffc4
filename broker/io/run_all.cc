#include "io/run_all.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace barnabas {

void run_all_in_threads(const std::vector<std::function<void()>>& jobs, std::size_t most_at_once) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(most_at_once, jobs.size()); ++i) {
        threads.emplace_back([&] {
            for (std::size_t job = next++; job < jobs.size(); job = next++) {
                jobs[job]();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

void run_all_in_turn(const std::vector<std::function<void()>>& jobs, std::size_t) {
    for (const auto& job : jobs) {
        job();
    }
}

}  // namespace barnabas
