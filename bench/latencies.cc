#include "latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace barnabas::bench {

void Latencies::add(std::chrono::nanoseconds latency) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
    ++cells_[std::min(cell_of(value), cells_.size() - 1)];
    ++count_;
    most_ = std::max(most_, value);
}

void Latencies::add(const Latencies& others) {
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
        cells_[cell] += others.cells_[cell];
    }
    count_ += others.count_;
    most_ = std::max(most_, others.most_);
}

std::chrono::nanoseconds Latencies::percentile(double share) const {
    const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
        seen += cells_[cell];
        if (seen >= rank && seen > 0) {
            return std::chrono::nanoseconds(std::min(most_in(cell), most_));
        }
    }
    return std::chrono::nanoseconds(0);
}

/// Below 64 every number has a cell; above, a cell holds the numbers that share their seven highest bits.
std::size_t Latencies::cell_of(std::uint64_t nanoseconds) {
    if (nanoseconds < cells_per_power) {
        return nanoseconds;
    }
    const auto shift = static_cast<std::size_t>(std::bit_width(nanoseconds)) - 7;
    return (shift + 1) * cells_per_power + (nanoseconds >> shift) - cells_per_power;
}

std::uint64_t Latencies::most_in(std::size_t cell) {
    if (cell < cells_per_power) {
        return cell;
    }
    const std::size_t shift = cell / cells_per_power - 1;
    return ((cell % cells_per_power + cells_per_power + 1) << shift) - 1;
}

}  // namespace barnabas::bench
