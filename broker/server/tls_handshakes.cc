#include "server/tls_handshakes.h"

#include <cstring>
#include <limits>

namespace barnabas {

TlsHandshakes::TlsHandshakes(TlsHandshakeLimits limits, Metrics& metrics)
    : limits_(limits), metrics_(metrics), pool_(limits.threads, std::numeric_limits<std::size_t>::max()) {}

TlsHandshakes::Place::~Place() {
    const std::lock_guard lock(handshakes_.mutex_);
    (at_->given_up ? handshakes_.leaving_ : handshakes_.open_).erase(at_);
}

std::unique_ptr<TlsHandshakes::Place> TlsHandshakes::begin(std::function<void()> give_up) {
    const std::lock_guard lock(mutex_);
    if (open_.size() >= limits_.most) {
        open_.front().give_up();
        open_.front().given_up = true;
        leaving_.splice(leaving_.end(), open_, open_.begin());
    }
    open_.push_back({std::move(give_up)});
    return std::make_unique<Place>(*this, std::prev(open_.end()));
}

Task<TlsHandshakes::Step> TlsHandshakes::step(TlsStream& stream) {
    // OpenSSL keeps its errors by thread: they are read where they came up.
    co_return co_await pool_.run([&stream] {
        Step step{stream.shake_hands(), std::nullopt};
        if (step.status == TlsStream::Status::failed && stream.system_error() == 0) {
            step.failure = explain_tls_failure(stream.connection(), stream.first_bytes());
        } else if (step.status == TlsStream::Status::failed || step.status == TlsStream::Status::ended) {
            step.failure = tls_hang_up(stream.connection(), stream.first_bytes());
        }
        return step;
    });
}

void TlsHandshakes::count(const std::string& listener, std::optional<TlsFailureReason> failure) {
    if (failure) {
        metrics_.counter(Metric::tls_failures, {listener, std::string(name(*failure))}).add();
    } else {
        metrics_.counter(Metric::tls_handshakes, {listener}).add();
    }
}

}  // namespace barnabas
