#pragma once

#include <array>
#include <atomic>

#include "common/metrics.h"
#include "config/config.h"
#include "quota/client_quotas.h"

namespace barnabas {

struct MetadataDelta;
struct RequestContext;

/// The quotas of this node's clients, and what is counted of them. One for a node; lives as long. Any thread.
class Quotas {
public:
    /// `config`: `quota.window.*` and `controller.quota.window.*`.
    Quotas(const Config& config, Metrics& metrics);

    /// Takes over the limits, where they differ.
    void apply(const MetadataDelta& delta);

    /// Whether any client has a limit; else a request has nothing to do with quotas.
    [[nodiscard]] bool any() const { return clients_.any(); }
    [[nodiscard]] ClientQuotas& clients() { return clients_; }
    [[nodiscard]] const ClientQuotas& clients() const { return clients_; }

    /// Where is counted what was used: bytes, microseconds or partitions.
    [[nodiscard]] Counter& used(QuotaKind kind) { return *of(kind).used; }
    /// Counts that a client must wait; writes a line now and then.
    void tell(const RequestContext& context, QuotaKind kind, std::chrono::milliseconds wait);

private:
    struct OfKind {
        Counter* used = nullptr;
        Histogram* waits = nullptr;
    };
    [[nodiscard]] const OfKind& of(QuotaKind kind) const { return of_kinds_[static_cast<std::size_t>(kind)]; }

    ClientQuotas clients_;
    std::array<OfKind, all_quota_kinds.size()> of_kinds_{};
    std::atomic<Instant> next_line_{Instant{}};
};

/// What `quota.window.num` and its like say.
[[nodiscard]] QuotaWindows quota_windows(std::int32_t samples, std::chrono::seconds length);

}  // namespace barnabas
