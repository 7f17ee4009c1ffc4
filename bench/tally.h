#pragma once

#include <algorithm>
#include <string>

#include "common/clock.h"
#include "latencies.h"

namespace barnabas::bench {

/// What one run counted, between the end of the warm-up and the end of the run.
struct Tally {
    Instant from;
    Instant until;
    std::uint64_t bytes = 0;
    std::uint64_t requests = 0;
    std::uint64_t records = 0;
    Latencies latencies{};
    std::string failure{};  ///< the first; ends the run

    [[nodiscard]] bool counts(Instant moment) const { return moment >= from && moment < until; }

    void add(Instant now, Instant begun, std::size_t size, std::size_t record_count) {
        if (counts(now)) {
            bytes += size;
            records += record_count;
            ++requests;
            latencies.add(now - begun);
        }
    }

    /// What another counted in the same time.
    void add(const Tally& other) {
        until = std::max(until, other.until);
        bytes += other.bytes;
        requests += other.requests;
        records += other.records;
        latencies.add(other.latencies);
    }

    void fail(std::string why) {
        if (failure.empty()) {
            failure = std::move(why);
        }
    }
};

}  // namespace barnabas::bench
