#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "lane.h"

namespace barnabas::bench {

/// How many requests an interval may count, among all workers.
class Budget {
public:
    /// 0: any number.
    explicit Budget(std::uint64_t requests) : left_(requests == 0 ? INT64_MAX : static_cast<std::int64_t>(requests)) {}

    void spend(std::uint64_t requests) {
        left_.fetch_sub(static_cast<std::int64_t>(requests), std::memory_order_relaxed);
    }
    [[nodiscard]] bool spent() const { return left_.load(std::memory_order_relaxed) <= 0; }

private:
    std::atomic<std::int64_t> left_;
};

/// Some of a load's lanes, turned by one thread, and what they count. Lanes that are added must count in its tallies.
class Worker {
public:
    Worker();
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void add(std::unique_ptr<Lane> lane);
    [[nodiscard]] bool idle() const { return lanes_.empty(); }

    /// What the load is measured by.
    [[nodiscard]] Tally& tally() { return tally_; }
    /// What producers count while their readers are measured.
    [[nodiscard]] Tally& aside() { return aside_; }

    /// Counts anew what happens between two moments, and turns the lanes until the later one, or until the budget is
    /// spent, or something fails. The earlier one may lie ahead: until then nothing is counted.
    void run(Instant from, Instant until, Budget& budget);

private:
    void watch(Lane& lane, int operation) const;
    void turn(Lane& lane) const;
    void turn_due() const;
    void wait(Instant end);
    [[nodiscard]] Instant next_due(Instant end) const;

    const int poll_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    Tally tally_{};
    Tally aside_{};
};

}  // namespace barnabas::bench
