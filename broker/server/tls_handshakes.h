#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "common/metrics.h"
#include "io/background_pool.h"
#include "io/tls_stream.h"
#include "security/tls_failure.h"

namespace barnabas {

struct TlsHandshakeLimits {
    std::size_t threads = 1;
    std::size_t most = 1000;                    ///< `barnabas.tls.handshakes.max`
    std::chrono::milliseconds longest{10'000};  ///< `barnabas.tls.handshake.timeout.ms`
};

/// Handshakes in progress, over all listeners. Their arithmetic is done on threads of its own, so that it holds up no
/// request, and there are so many at once: when one more begins, the oldest is given up, so that who stops in the
/// middle keeps nobody out. Any thread; outlives the connections.
class TlsHandshakes {
public:
    TlsHandshakes(TlsHandshakeLimits limits, Metrics& metrics);

    struct Open {
        std::function<void()> give_up;
        bool given_up = false;
    };
    /// The place of one handshake; free again when this is gone, or the handshake was given up.
    class Place {
    public:
        Place(TlsHandshakes& handshakes, std::list<Open>::iterator at) : handshakes_(handshakes), at_(at) {}
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

    private:
        TlsHandshakes& handshakes_;
        std::list<Open>::iterator at_;
    };

    /// `give_up` is called, on any thread and under a lock, when others need the place; it may be called late.
    [[nodiscard]] std::unique_ptr<Place> begin(std::function<void()> give_up);

    struct Step {
        TlsStream::Status status;
        std::optional<TlsFailure> failure;
    };
    /// One step of the handshake of `stream`, which nobody else touches meanwhile.
    Task<Step> step(TlsStream& stream);

    [[nodiscard]] std::chrono::milliseconds longest() const { return limits_.longest; }
    /// Counts one that ended well, or why it did not.
    void count(const std::string& listener, std::optional<TlsFailureReason> failure);

private:
    const TlsHandshakeLimits limits_;
    Metrics& metrics_;
    std::mutex mutex_;
    std::list<Open> open_;     ///< the oldest first
    std::list<Open> leaving_;  ///< given up
    BackgroundPool pool_;
};

}  // namespace barnabas
