#include "quota/client_limit.h"

#include <algorithm>

namespace barnabas {

namespace {

std::optional<double> limit_in(const ClientQuotasImage::Limits* limits, QuotaKind kind) {
    if (limits == nullptr) {
        return std::nullopt;
    }
    const auto found = limits->find(std::string(limit_key(kind)));
    return found == limits->end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<ClientLimit> find_client_limit(
    const ClientQuotasImage& quotas, QuotaKind kind, std::string_view user, std::string_view client_id
) {
    using Name = std::optional<std::string_view>;
    for (const Name& of_user : {Name(user), Name()}) {
        for (const Name& of_client : {Name(client_id), Name()}) {
            if (auto limit = limit_in(quotas.limits({{quota_user, of_user}, {quota_client_id, of_client}}), kind)) {
                return ClientLimit{*limit, true, true};
            }
        }
        if (auto limit = limit_in(quotas.limits({{quota_user, of_user}}), kind)) {
            return ClientLimit{*limit, true, false};
        }
    }
    for (const Name& of_client : {Name(client_id), Name()}) {
        if (auto limit = limit_in(quotas.limits({{quota_client_id, of_client}}), kind)) {
            return ClientLimit{*limit, false, true};
        }
    }
    return std::nullopt;
}

bool has_client_limit(const ClientQuotasImage& quotas, QuotaKind kind) {
    const std::string key(limit_key(kind));
    for (const auto& [entity, limits] : quotas.quotas()) {
        if (limits->contains(key) && !entity.contains(std::string(quota_ip))) {
            return true;
        }
    }
    return false;
}

}  // namespace barnabas
