#include "quota/mutation_quota.h"

#include <algorithm>

namespace barnabas {

Expected<void> MutationQuota::charge(std::size_t partitions, Instant now) {
    const auto verdict = sensor_->take(static_cast<double>(partitions), strict_, now);
    if (verdict.wait.count() > 0) {
        const std::scoped_lock lock(mutex_);
        until_ = now + verdict.wait;
    }
    if (!verdict.done) {
        return fail(ErrorCode::throttling_quota_exceeded, {});  // Kafka has no words but those of the code
    }
    used_.add(partitions);
    return {};
}

std::chrono::milliseconds MutationQuota::throttle_time(Instant now) const {
    const std::scoped_lock lock(mutex_);
    return std::chrono::ceil<std::chrono::milliseconds>(std::max(until_ - now, Instant::duration(0)));
}

}  // namespace barnabas
