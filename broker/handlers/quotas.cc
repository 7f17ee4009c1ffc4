#include "handlers/quotas.h"

#include "common/events.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_delta.h"

namespace barnabas {

namespace {

constexpr std::chrono::seconds between_lines{10};

}  // namespace

QuotaWindows quota_windows(std::int32_t samples, std::chrono::seconds length) {
    return {static_cast<std::size_t>(samples), length};
}

Quotas::Quotas(const Config& config, Metrics& metrics)
    : clients_(
          quota_windows(config.quota_window_num, config.quota_window_size_seconds),
          quota_windows(config.controller_quota_window_num, config.controller_quota_window_size_seconds)
      ) {
    for (const QuotaKind kind : all_quota_kinds) {
        const LabelValues labels{std::string(name(kind))};
        of_kinds_[static_cast<std::size_t>(kind)] = {
            &metrics.counter(Metric::quota_used, labels), &metrics.histogram(Metric::quota_throttle_seconds, labels)
        };
    }
}

void Quotas::apply(const MetadataDelta& delta) {
    if (delta.client_quotas) {
        clients_.change(delta.after->client_quotas);
    }
}

void Quotas::tell(const RequestContext& context, QuotaKind kind, std::chrono::milliseconds wait) {
    of(kind).waits->observe(wait);
    const Instant now = system_clock().now();
    Instant due = next_line_.load(std::memory_order_relaxed);
    if (now < due || !next_line_.compare_exchange_strong(due, now + between_lines)) {
        return;
    }
    const Api* api = find_api(context.api_key);
    event::info(
        "client throttled", {{"principal", context.session.principal},
                             {"client", context.client_id.value_or("")},
                             {"peer", context.session.peer},
                             {"request", api != nullptr ? api->name : ""},
                             {"quota", limit_key(kind)},
                             {"wait_ms", wait.count()}}
    );
}

}  // namespace barnabas
