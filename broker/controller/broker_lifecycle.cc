#include "controller/broker_lifecycle.h"

#include <algorithm>

#include "common/events.h"
#include "protocol/broker_heartbeat.h"
#include "protocol/broker_registration.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

constexpr std::int16_t registration_version = 4;
constexpr std::int16_t heartbeat_version = 2;
/// Between attempts while nobody answers, doubled each time.
constexpr std::chrono::milliseconds shortest_pause = 100ms;
constexpr std::chrono::milliseconds longest_pause = 5s;
/// Between heartbeats of a broker that waits to be let go.
constexpr std::chrono::milliseconds pause_while_leaving = 50ms;

/// The request's texts are views of `self`.
BrokerRegistrationRequest request_of(const BrokerLifecycle::Options& options) {
    const BrokerRegistration& self = options.self;
    BrokerRegistrationRequest request;
    request.broker_id = self.id.value;
    request.cluster_id = options.cluster_id;
    request.incarnation_id = self.incarnation;
    for (const Endpoint& each : self.listeners) {
        auto& listener = request.listeners.emplace_back();
        listener.name = each.name;
        listener.host = each.host;
        listener.port = each.port;
        listener.security_protocol = each.security_protocol;
    }
    for (const auto& [name, range] : self.features) {
        auto& offered = request.features.emplace_back();
        offered.name = name;
        offered.min_supported_version = range.first;
        offered.max_supported_version = range.last;
    }
    request.rack = self.rack ? std::optional<std::string_view>(*self.rack) : std::nullopt;
    request.log_dirs = self.directories;
    request.previous_broker_epoch = options.previous_epoch.value;
    return request;
}

/// Whether another attempt may succeed. A broker that came back fast has to outlast its own former session.
bool is_worth_another_attempt(ErrorCode code) {
    return code == ErrorCode::not_controller || code == ErrorCode::request_timed_out ||
           code == ErrorCode::duplicate_broker_registration || retriable(code);
}

}  // namespace

BrokerLifecycle::BrokerLifecycle(
    EventLoop& loop, ControllerClient& controller, MetadataCache& metadata, const Clock& clock, Random random,
    Options options
)
    : controller_(controller),
      metadata_(metadata),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      waiter_(Waiter::on(loop)) {
    metadata_.subscribe([this](const MetadataDelta&) {
        if (state_ == State::starting && ready_ && is_caught_up()) {
            waiter_->notify();
        }
    });
}

Task<Expected<void>> BrokerLifecycle::run() {
    if (auto registered = co_await register_self(); !registered) {
        state_ = State::gone;
        co_return registered;
    }
    while (!stopped_ && state_ != State::gone) {
        co_await heartbeat();
        if (!stopped_ && state_ != State::gone) {
            const auto pause =
                leaving_ ? std::min(pause_while_leaving, options_.heartbeat_interval) : options_.heartbeat_interval;
            co_await waiter_->wait(clock_.now() + pause);
        }
    }
    co_return Expected<void>();
}

Task<Expected<void>> BrokerLifecycle::register_self() {
    const Instant give_up = clock_.now() + options_.registration_timeout;
    std::chrono::milliseconds pause = shortest_pause;
    while (!stopped_) {
        const auto reply = co_await controller_.submit(
            request_of(options_), registration_version, clock_.now() + options_.session_timeout
        );
        const ErrorCode code = reply ? reply->error_code : reply.error().code;
        if (code == ErrorCode::none) {
            epoch_ = reply->broker_epoch;
            event::info("broker registered", {{"broker", options_.self.id.value}, {"epoch", reply->broker_epoch}});
            co_return Expected<void>();
        }
        if (!is_worth_another_attempt(code)) {
            co_return fail(
                code,
                fmt::format("the controller refuses to register broker {}: {}", options_.self.id.value, text(code))
            );
        }
        if (clock_.now() >= give_up) {
            co_return fail(
                code, fmt::format("no controller registered broker {} in time: {}", options_.self.id.value, text(code))
            );
        }
        // Brokers that start together shall not ask together.
        const auto jitter = std::chrono::milliseconds(random_.below(pause.count()));
        co_await waiter_->wait(clock_.now() + pause + jitter);
        pause = std::min(2 * pause, longest_pause);
    }
    co_return fail(ErrorCode::broker_not_available, "the broker stops");
}

Task<> BrokerLifecycle::heartbeat() {
    BrokerHeartbeatRequest request;
    request.broker_id = options_.self.id.value;
    request.broker_epoch = epoch_;
    request.current_metadata_offset = metadata_.image()->provenance.last_offset.value;
    request.want_fence = !ready_;
    request.want_shut_down = leaving_;
    request.offline_log_dirs = offline_directories();
    request.cordoned_log_dirs.emplace();
    const auto reply =
        co_await controller_.submit(std::move(request), heartbeat_version, clock_.now() + options_.session_timeout);
    const ErrorCode code = reply ? reply->error_code : reply.error().code;
    if (code != ErrorCode::none) {
        event::warn("heartbeat failed", {{"broker", options_.self.id.value}, {"error", name(code)}});
        if (code == ErrorCode::stale_broker_epoch || code == ErrorCode::broker_id_not_registered) {
            // Somebody else took this place: what this broker does has no effect any more.
            state_ = State::gone;
        }
        co_return;
    }
    const State before = state_;
    state_ = reply->should_shut_down ? State::gone
             : leaving_              ? State::leaving
             : reply->is_fenced      ? State::starting
                                     : State::running;
    if (before != State::running && state_ == State::running) {
        event::info("broker unfenced", {{"broker", options_.self.id.value}, {"epoch", epoch_.load()}});
    } else if (before == State::running && state_ == State::starting) {
        event::warn("broker fenced by the controller", {{"broker", options_.self.id.value}});
    }
}

bool BrokerLifecycle::is_caught_up() const {
    return epoch_ >= 0 && metadata_.image()->provenance.last_offset.value >= epoch_;
}

std::vector<Uuid> BrokerLifecycle::offline_directories() const {
    const std::scoped_lock lock(mutex_);
    return {offline_.begin(), offline_.end()};
}

void BrokerLifecycle::set_ready() {
    ready_ = true;
    waiter_->notify();
}

void BrokerLifecycle::leave() {
    leaving_ = true;
    auto running = State::running;
    state_.compare_exchange_strong(running, State::leaving);
    waiter_->notify();
}

void BrokerLifecycle::stop() {
    stopped_ = true;
    waiter_->notify();
}

void BrokerLifecycle::directory_failed(const Uuid& directory) {
    {
        const std::scoped_lock lock(mutex_);
        offline_.insert(directory);
    }
    waiter_->notify();
}

}  // namespace barnabas
