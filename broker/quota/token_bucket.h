#pragma once

#include "quota/sampled_rate.h"

namespace barnabas {

/// Tokens that come at a rate, up to what comes in all windows together (KIP-599). One may owe tokens: what was begun
/// with a token left is done whole.
class TokenBucket {
public:
    /// Full at first.
    explicit TokenBucket(QuotaWindows windows) : windows_(windows) {}

    /// What is left at `rate` a second; below 0 is owed. `now` never goes back.
    [[nodiscard]] double tokens(double rate, Instant now);
    void take(double amount, double rate, Instant now);

    /// Until nothing is owed any more.
    [[nodiscard]] std::chrono::milliseconds throttle_time(double rate, Instant now);

private:
    QuotaWindows windows_;
    bool full_ = true;
    double tokens_ = 0;
    Instant filled_{};
};

}  // namespace barnabas
