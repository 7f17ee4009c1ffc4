#pragma once

#include "common/clock.h"
#include "io/task.h"
#include "model/error.h"

namespace barnabas {

/// How often and how long something is tried again.
///
///     for (Retry retry(deadline);;) {
///         auto answer = co_await attempt();
///         if (answer || !co_await retry.after(answer.error())) {
///             co_return answer;
///         }
///     }
class Retry {
public:
    explicit Retry(Instant deadline, std::chrono::milliseconds backoff = std::chrono::milliseconds(100))
        : deadline_(deadline), backoff_(backoff) {}

    /// When the error may pass and there is time left: waits, each time longer, up to a second, and answers true.
    Task<bool> after(Error error);

private:
    Instant deadline_;
    std::chrono::milliseconds backoff_;
};

/// Lets the coroutine sleep.
Task<> sleep_for(std::chrono::milliseconds time);

}  // namespace barnabas
