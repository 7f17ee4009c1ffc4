#pragma once

#include <vector>

#include "common/metrics.h"
#include "handlers/dispatch.h"

namespace barnabas {

/// The counters of each row of apis.def, looked up once.
class RequestMetrics {
public:
    struct OfApi {
        Counter& requests;
        Counter& request_bytes;
        Counter& response_bytes;
        Counter& errors;
        Histogram& seconds;
    };

    explicit RequestMetrics(Metrics& metrics) {
        for (const Api& api : all_apis()) {
            const LabelValues labels{std::string(api.name)};
            of_apis_.push_back(
                {metrics.counter(Metric::requests, labels), metrics.counter(Metric::request_bytes, labels),
                 metrics.counter(Metric::response_bytes, labels), metrics.counter(Metric::request_errors, labels),
                 metrics.histogram(Metric::request_seconds, labels)}
            );
        }
    }

    /// `api` is a row of `all_apis()`.
    [[nodiscard]] const OfApi& of(const Api& api) const {
        return of_apis_[static_cast<std::size_t>(&api - all_apis().data())];
    }

private:
    std::vector<OfApi> of_apis_;
};

/// The counters of one listener.
struct ListenerMetrics {
    ListenerMetrics(Metrics& metrics, const std::string& listener)
        : open(metrics.gauge(Metric::connections, {listener})),
          accepted(metrics.counter(Metric::connections_accepted, {listener})),
          refused(metrics.counter(Metric::connections_refused, {listener})),
          failed(metrics.counter(Metric::connections_failed, {listener})),
          idle_closed(metrics.counter(Metric::connections_idle_closed, {listener})),
          muted(metrics.gauge(Metric::connections_muted, {listener})),
          throttled(metrics.histogram(Metric::connection_throttle_seconds, {listener, "listener"})),
          throttled_by_address(metrics.histogram(Metric::connection_throttle_seconds, {listener, "ip"})) {}

    Gauge& open;
    Counter& accepted;
    Counter& refused;
    Counter& failed;
    Counter& idle_closed;
    Gauge& muted;
    Histogram& throttled;
    Histogram& throttled_by_address;
};

}  // namespace barnabas
