#pragma once

#include <functional>
#include <vector>

namespace barnabas {

/// Runs all jobs and returns when the last has ended. Jobs must not throw and may run beside each other.
using RunAll = std::function<void(const std::vector<std::function<void()>>& jobs, std::size_t most_at_once)>;

/// In threads of their own, which end with it.
void run_all_in_threads(const std::vector<std::function<void()>>& jobs, std::size_t most_at_once);

/// One after the other, on the calling thread: for simulations.
void run_all_in_turn(const std::vector<std::function<void()>>& jobs, std::size_t most_at_once);

}  // namespace barnabas
