#pragma once

#include "handlers/quotas.h"
#include "handlers/request_context.h"
#include "io/busy_time.h"
#include "quota/mutation_quota.h"

namespace barnabas {

/// One request after the other of a connection, and the quotas of who sends them: measures the time that threads spend
/// on a request, is told by the handler what else counts, and says in the end how long the client must wait. As in
/// Kafka, authentication is free.
///
/// Belongs to the session, so that a connection without quotas has none. Handlers find it as `context.quota()`, which
/// is null while no client has a quota.
class RequestQuota {
public:
    RequestQuota() = default;
    RequestQuota(const RequestQuota&) = delete;
    RequestQuota& operator=(const RequestQuota&) = delete;

    /// Begins with that of the session, for the request of `context` that takes `size` bytes. False when no quota
    /// applies to it.
    [[nodiscard]] static bool begin(Quotas& quotas, const RequestContext& context, std::size_t size);

    /// The time of this request counts for nobody.
    void exempt() { counts_time_ = false; }

    /// The bytes of the request count as produced.
    void count_produced();

    /// A fetch of more can only lead to a wait.
    [[nodiscard]] std::int64_t most_to_fetch() const;
    /// Whether the client must wait before it gets `bytes`; if not, they count as fetched. Asked once, at the end: the
    /// time of the request counts by this, too.
    [[nodiscard]] bool holds_back_fetch(std::size_t bytes);

    /// For changes of partitions; null without a limit.
    [[nodiscard]] std::shared_ptr<MutationQuota> mutations(bool strict);

    /// Once the handler is done: sets `context.mute`.
    void settle(RequestContext& context);
    /// The request has been served, in whatever way it ended.
    void stop() { busy_.end(); }

    /// Around the sending of the answer, whose time counts too: with the next request.
    void begin_sending();
    void end_sending();

private:
    void restart(Quotas& quotas, const RequestContext& context, std::size_t size);
    void count_time();
    void wait(QuotaKind kind, std::chrono::milliseconds time);
    void count_used(std::chrono::nanoseconds time);

    Quotas* quotas_ = nullptr;
    ClientSensors sensors_;
    std::size_t size_ = 0;
    std::shared_ptr<MutationQuota> mutations_;
    BusyTime busy_;
    bool counts_time_ = false;
    bool time_counted_ = false;
    QuotaKind longest_ = QuotaKind::request;  ///< whose wait is the longest
    std::chrono::milliseconds wait_{0};
};

/// What the controller charges for this request; null without a limit. `strict_since`: from this version on clients
/// know the error (KIP-599).
[[nodiscard]] inline std::shared_ptr<MutationQuota> mutation_quota(
    const RequestContext& context, std::int16_t strict_since
) {
    return context.quota() != nullptr ? context.quota()->mutations(context.version >= strict_since) : nullptr;
}

}  // namespace barnabas
