#pragma once

#include <cstdint>
#include <random>

#include "common/uuid.h"

namespace barnabas {

/// Every random choice of a core comes from here, so that a seed repeats a run. Not thread-safe.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// Seeded by the machine's entropy.
    static Random from_device() {
        return Random((std::uint64_t{std::random_device()()} << 32) | std::random_device()());
    }

    [[nodiscard]] std::uint64_t next() { return engine_(); }

    /// Uniform in [0, bound); `bound` must be positive.
    [[nodiscard]] std::int64_t below(std::int64_t bound) {
        return std::uniform_int_distribution<std::int64_t>(0, bound - 1)(engine_);
    }

    /// A version 4 UUID whose text does not begin with '-', as Kafka's random UUIDs.
    [[nodiscard]] Uuid uuid();

private:
    std::mt19937_64 engine_;
};

}  // namespace barnabas
