#include "quota/token_bucket.h"

#include <algorithm>
#include <cmath>

namespace barnabas {

namespace {

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

double TokenBucket::tokens(double rate, Instant now) {
    const double most = rate * static_cast<double>(windows_.samples) * seconds(windows_.length);
    tokens_ = std::exchange(full_, false) ? most : std::min(most, tokens_ + rate * seconds(now - filled_));
    filled_ = now;
    return tokens_;
}

void TokenBucket::take(double amount, double rate, Instant now) {
    tokens_ = tokens(rate, now) - amount;
}

std::chrono::milliseconds TokenBucket::throttle_time(double rate, Instant now) {
    const double owed = -tokens(rate, now);
    if (owed <= 0) {
        return {};
    }
    constexpr auto longest = static_cast<double>(longest_throttle.count());
    return owed / rate * 1000 < longest ? std::chrono::milliseconds(std::llround(owed / rate * 1000))
                                        : longest_throttle;
}

}  // namespace barnabas
