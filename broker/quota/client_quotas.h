#pragma once

#include <array>
#include <atomic>

#include "quota/client_limit.h"
#include "quota/sensor_table.h"

namespace barnabas {

/// The sensors of one client. Kept by a connection, and touched by it alone. Null where the client has no limit.
struct ClientSensors {
    std::uint64_t generation = 0;  ///< of the limits that this was made from
    std::string principal;
    std::string client_id;
    std::array<std::shared_ptr<RateSensor>, 3> rates;  ///< produce, fetch, request
    std::shared_ptr<MutationSensor> mutations;

    [[nodiscard]] RateSensor* rate(QuotaKind kind) const { return rates[static_cast<std::size_t>(kind)].get(); }
};

/// The limits of clients and what they use. Any thread.
class ClientQuotas {
public:
    /// `mutations`: `controller.quota.window.num` and its like.
    ClientQuotas(QuotaWindows windows, QuotaWindows mutations);

    /// Whether any client has a limit at all: else there is nothing to measure. One load.
    [[nodiscard]] bool any() const { return any_.load(std::memory_order_relaxed); }

    /// From now on these limits count, also for sensors that are there.
    void change(const ClientQuotasImage& quotas);

    /// Makes `known` the sensors of this client. Costs two comparisons when it is that already. `principal` is
    /// "User:name".
    void find(ClientSensors& known, std::string_view principal, std::string_view client_id);

    /// Lets go of what nobody has used for an hour.
    void expire(Instant now);
    [[nodiscard]] std::size_t size(QuotaKind kind) const;

private:
    template <class SensorType>
    [[nodiscard]] std::shared_ptr<SensorType> sensor(
        SensorTable<SensorType>& table, const ClientQuotasImage& quotas, QuotaKind kind, const ClientSensors& known
    );

    std::atomic<bool> any_ = false;
    std::atomic<std::uint64_t> generation_{0};
    std::mutex mutex_;  ///< guards `quotas_`
    ClientQuotasImage quotas_;
    std::array<SensorTable<RateSensor>, 3> rates_;
    SensorTable<MutationSensor> mutations_;
};

}  // namespace barnabas
