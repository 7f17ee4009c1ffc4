#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "common/metrics.h"
#include "io/waiter.h"

namespace barnabas {

/// The bytes of all requests that are being received or served (`queued.max.request.bytes`). Shared by all connections;
/// any thread. As in Kafka, a request is let in while any byte is left, so that the largest one is not locked out.
class RequestMemory {
public:
    /// Without `bound`, everything is let in, and only counted.
    RequestMemory(std::optional<std::int64_t> bound, Gauge& used) : bound_(bound), used_(used) {}

    /// Whether a connection may keep memory between its requests: not more than half of all.
    [[nodiscard]] bool may_keep();
    /// True, and `size` taken, unless the bound is reached.
    [[nodiscard]] bool try_take(std::size_t size);
    /// Waits until `try_take` succeeds. False when cancelled.
    Task<bool> take(EventLoop& loop, std::size_t size);
    void give_back(std::size_t size);

private:
    bool try_take_locked(std::size_t size);

    const std::optional<std::int64_t> bound_;
    Gauge& used_;
    std::mutex mutex_;
    std::int64_t taken_ = 0;
    std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace barnabas
