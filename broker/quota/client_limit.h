#pragma once

#include <optional>
#include <string_view>

#include "metadata/client_quotas_image.h"
#include "quota/quota_kind.h"

namespace barnabas {

/// The limit that counts for a client. Those with the same user share it, where it is one of users; those with the same
/// client id, where it is one of client ids; with both, who is the same in both.
struct ClientLimit {
    double a_second;
    bool of_user;
    bool of_client_id;

    bool operator==(const ClientLimit&) const = default;
};

/// The most special one counts, in Kafka's order: user and client id, user and default client id, user, default user
/// and client id, both defaults, default user, client id, default client id. Nothing: no limit.
[[nodiscard]] std::optional<ClientLimit> find_client_limit(
    const ClientQuotasImage& quotas, QuotaKind kind, std::string_view user, std::string_view client_id
);

/// Whether any client has a limit of this kind.
[[nodiscard]] bool has_client_limit(const ClientQuotasImage& quotas, QuotaKind kind);

}  // namespace barnabas
