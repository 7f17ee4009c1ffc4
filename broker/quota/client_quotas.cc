#include "quota/client_quotas.h"

#include <algorithm>

namespace barnabas {

namespace {

/// Of one kind: some 10 MB.
constexpr std::size_t most_sensors = 16'384;
/// Clients whose ids are longer and begin alike are measured together.
constexpr std::size_t most_of_a_name = 255;

std::string_view user_name(std::string_view principal) {
    const auto colon = principal.find(':');
    return colon == std::string_view::npos ? principal : principal.substr(colon + 1);
}

/// No two clients have the same, since the user's length stands before them.
std::string sensor_name(const ClientLimit& limit, std::string_view user, std::string_view client_id) {
    const std::string_view of_user = limit.of_user ? user.substr(0, most_of_a_name) : std::string_view();
    const std::string_view of_client = limit.of_client_id ? client_id.substr(0, most_of_a_name) : std::string_view();
    std::string sensor;
    sensor += limit.of_user ? 'u' : '-';
    sensor += limit.of_client_id ? 'c' : '-';
    sensor += static_cast<char>(of_user.size());
    sensor += of_user;
    sensor += of_client;
    return sensor;
}

}  // namespace

ClientQuotas::ClientQuotas(QuotaWindows windows, QuotaWindows mutations)
    : rates_{{{windows, most_sensors}, {windows, most_sensors}, {windows, most_sensors}}},
      mutations_(mutations, most_sensors) {}

void ClientQuotas::change(const ClientQuotasImage& quotas) {
    {
        const std::scoped_lock lock(mutex_);
        quotas_ = quotas;
        generation_.fetch_add(1, std::memory_order_release);
    }
    any_ = std::ranges::any_of(all_quota_kinds, [&](QuotaKind kind) { return has_client_limit(quotas, kind); });
}

template <class SensorType>
std::shared_ptr<SensorType> ClientQuotas::sensor(
    SensorTable<SensorType>& table, const ClientQuotasImage& quotas, QuotaKind kind, const ClientSensors& known
) {
    const std::string_view user = user_name(known.principal);
    const auto limit = find_client_limit(quotas, kind, user, known.client_id);
    if (!limit) {
        return nullptr;
    }
    auto found = table.find(sensor_name(*limit, user, known.client_id));
    found->set_limit(limit->a_second);
    return found;
}

void ClientQuotas::find(ClientSensors& known, std::string_view principal, std::string_view client_id) {
    if (known.generation == generation_.load(std::memory_order_acquire) && known.client_id == client_id &&
        known.principal == principal) {
        return;
    }
    ClientQuotasImage quotas;
    {
        const std::scoped_lock lock(mutex_);
        quotas = quotas_;
        known.generation = generation_.load(std::memory_order_relaxed);
    }
    known.principal = principal;
    known.client_id = client_id;
    for (const QuotaKind kind : {QuotaKind::produce, QuotaKind::fetch, QuotaKind::request}) {
        const auto i = static_cast<std::size_t>(kind);
        known.rates[i] = sensor(rates_[i], quotas, kind, known);
    }
    known.mutations = sensor(mutations_, quotas, QuotaKind::controller_mutation, known);
}

void ClientQuotas::expire(Instant now) {
    for (auto& table : rates_) {
        table.expire(now);
    }
    mutations_.expire(now);
}

std::size_t ClientQuotas::size(QuotaKind kind) const {
    return kind == QuotaKind::controller_mutation ? mutations_.size() : rates_[static_cast<std::size_t>(kind)].size();
}

}  // namespace barnabas
