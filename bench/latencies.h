#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace barnabas::bench {

/// How often each latency occurred, to about 1.6 %: 64 cells for every power of two of nanoseconds.
class Latencies {
public:
    void add(std::chrono::nanoseconds latency);
    void add(const Latencies& others);
    /// The latency that `share` (0 to 1) of all stay at or below. Zero when there is none.
    [[nodiscard]] std::chrono::nanoseconds percentile(double share) const;
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    static constexpr std::size_t cells_per_power = 64;

    static std::size_t cell_of(std::uint64_t nanoseconds);
    static std::uint64_t most_in(std::size_t cell);

    std::array<std::uint32_t, 60 * cells_per_power> cells_{};
    std::uint64_t count_ = 0;
    std::uint64_t most_ = 0;
};

}  // namespace barnabas::bench
