#include "handlers/request_quota.h"

#include <algorithm>

#include "protocol/sasl_authenticate.h"
#include "protocol/sasl_handshake.h"

namespace barnabas {

namespace {

bool authenticates(std::int16_t api_key) {
    return api_key == SaslHandshakeRequest::api_key || api_key == SaslAuthenticateRequest::api_key;
}

}  // namespace

bool RequestQuota::begin(Quotas& quotas, const RequestContext& context, std::size_t size) {
    Session& session = context.session;
    if (!session.authenticated || authenticates(context.api_key)) {
        return false;
    }
    if (!session.quota) {
        session.quota = std::make_shared<RequestQuota>();
    }
    session.quota->restart(quotas, context, size);
    return true;
}

void RequestQuota::restart(Quotas& quotas, const RequestContext& context, std::size_t size) {
    quotas_ = &quotas;
    size_ = size;
    mutations_.reset();
    wait_ = {};
    time_counted_ = false;
    quotas.clients().find(sensors_, context.session.principal, context.client_id.value_or(""));
    counts_time_ = sensors_.rate(QuotaKind::request) != nullptr;
    if (counts_time_) {
        busy_.begin();
    }
}

void RequestQuota::wait(QuotaKind kind, std::chrono::milliseconds time) {
    if (time > wait_) {
        wait_ = time;
        longest_ = kind;
    }
}

void RequestQuota::count_produced() {
    if (RateSensor* sensor = sensors_.rate(QuotaKind::produce)) {
        wait(QuotaKind::produce, sensor->record(static_cast<double>(size_), system_clock().now()));
        quotas_->used(QuotaKind::produce).add(size_);
    }
}

std::int64_t RequestQuota::most_to_fetch() const {
    const RateSensor* sensor = sensors_.rate(QuotaKind::fetch);
    constexpr double most = INT32_MAX;
    return sensor != nullptr ? static_cast<std::int64_t>(std::min(sensor->most_at_once(), most)) : INT32_MAX;
}

bool RequestQuota::holds_back_fetch(std::size_t bytes) {
    count_time();
    RateSensor* sensor = sensors_.rate(QuotaKind::fetch);
    if (sensor == nullptr) {
        return wait_.count() > 0;
    }
    const Instant now = system_clock().now();
    const auto trial = sensor->try_record(static_cast<double>(bytes), now);
    const bool held_back = wait_.count() > 0 || !trial.taken;
    if (trial.taken && held_back) {
        sensor->add(-static_cast<double>(bytes), now);
    } else if (trial.taken) {
        quotas_->used(QuotaKind::fetch).add(bytes);
    }
    if (!trial.taken || !held_back) {
        wait(QuotaKind::fetch, trial.wait);
    }
    return held_back;
}

std::shared_ptr<MutationQuota> RequestQuota::mutations(bool strict) {
    if (sensors_.mutations) {
        mutations_ =
            std::make_shared<MutationQuota>(sensors_.mutations, strict, quotas_->used(QuotaKind::controller_mutation));
    }
    return mutations_;
}

void RequestQuota::count_used(std::chrono::nanoseconds time) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time);
    quotas_->used(QuotaKind::request).add(static_cast<std::uint64_t>(microseconds.count()));
}

/// The wait is bounded, as in Kafka: a client cannot know what its requests cost.
void RequestQuota::count_time() {
    if (counts_time_ && !std::exchange(time_counted_, true)) {
        RateSensor& sensor = *sensors_.rate(QuotaKind::request);
        const auto time = busy_.end();
        count_used(time);
        wait(
            QuotaKind::request, std::min(sensor.record(percent_of_thread(time), system_clock().now()), sensor.window())
        );
    }
}

void RequestQuota::settle(RequestContext& context) {
    count_time();
    if (mutations_) {
        wait(QuotaKind::controller_mutation, mutations_->throttle_time(system_clock().now()));
    }
    if (wait_.count() > 0) {
        context.mute = std::max(context.mute, wait_);
        quotas_->tell(context, longest_, wait_);
    }
}

void RequestQuota::begin_sending() {
    if (time_counted_) {
        busy_.begin();
    }
}

void RequestQuota::end_sending() {
    if (std::exchange(time_counted_, false)) {
        const auto time = busy_.end();
        count_used(time);
        sensors_.rate(QuotaKind::request)->add(percent_of_thread(time), system_clock().now());
    }
}

}  // namespace barnabas
