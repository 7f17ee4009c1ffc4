#pragma once

#include <memory>

#include "common/metrics.h"
#include "model/error.h"
#include "quota/sensors.h"

namespace barnabas {

/// What one request may change in the cluster (KIP-599). The controller charges it, on its thread, as it decides; the
/// handler asks afterwards how long the client must wait.
class MutationQuota {
public:
    /// `strict`: the client knows the error, and is refused once it owes something. An older one is told to wait only.
    /// What is charged is added to `used`, which lives as long as the node.
    MutationQuota(std::shared_ptr<MutationSensor> sensor, bool strict, Counter& used)
        : sensor_(std::move(sensor)), strict_(strict), used_(used) {}

    /// For so many partitions that are made or removed. Errors: throttling_quota_exceeded; then nothing is charged.
    Expected<void> charge(std::size_t partitions, Instant now);

    /// What is left of the wait.
    [[nodiscard]] std::chrono::milliseconds throttle_time(Instant now) const;

private:
    const std::shared_ptr<MutationSensor> sensor_;
    const bool strict_;
    Counter& used_;
    mutable std::mutex mutex_;  ///< guards `until_`
    Instant until_{};
};

}  // namespace barnabas
