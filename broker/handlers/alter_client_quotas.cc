// AlterClientQuotas (API 49, KIP-546). Addresses may be given by the names of hosts, as to Kafka (KIP-612): a name is
// kept as it is, and must be one that can be looked up now.

#include "protocol/alter_client_quotas.h"

#include <fmt/format.h>

#include <set>

#include "controller/client_quota_requests.h"
#include "handlers/access_rights.h"
#include "handlers/controller_answer.h"
#include "handlers/dispatch.h"
#include "io/address_literal.h"
#include "io/background_pool.h"
#include "io/host_names.h"

namespace barnabas {

namespace {

using QuotaEntry = AlterClientQuotasRequest::EntryData;
using Names = std::set<std::string, std::less<>>;

AlterClientQuotasResponse refuse_all(const AlterClientQuotasRequest& request, const Error& error) {
    AlterClientQuotasResponse refused;
    for (const QuotaEntry& entry : request.entries) {
        refused.entries.push_back(quota_outcome(quota_entity_of(entry), std::unexpected(error)));
    }
    return refused;
}

/// The host that alone the entry is about; empty when it is about something else, or wrong, which the controller tells.
std::string host_of(const QuotaEntry& entry) {
    const QuotaEntity entity = quota_entity_of(entry);
    const bool is_host = entity.size() == 1 && entity.begin()->first == quota_ip;
    return is_host ? entity.begin()->second.value_or("") : "";
}

/// Hosts that are no addresses, and so have to be looked up.
Names host_names(const AlterClientQuotasRequest& request) {
    Names names;
    for (const QuotaEntry& entry : request.entries) {
        if (std::string host = host_of(entry); !host.empty() && !address_literal(host)) {
            names.insert(std::move(host));
        }
    }
    return names;
}

Expected<void> unknown_host(std::string_view host) {
    return fail(ErrorCode::invalid_request, fmt::format("{} is not a valid IP or resolvable host.", host));
}

}  // namespace

Task<AlterClientQuotasResponse> handle(RequestContext& context, AlterClientQuotasRequest request) {
    if (!AccessRights(context).allows_cluster(AclOperation::alter_configs)) {
        context.failed = true;
        co_return refuse_all(request, cluster_refusal(AclOperation::alter_configs));
    }
    Names unknown = host_names(request);
    if (!unknown.empty()) {
        co_await context.broker.background.run([&unknown] {
            std::erase_if(unknown, [](const std::string& host) { return address_of(host).has_value(); });
        });
        std::erase_if(request.entries, [&unknown](const QuotaEntry& entry) {
            return unknown.contains(host_of(entry));
        });
    }
    auto response = co_await controller_answer<AlterClientQuotasResponse>(
        context, std::move(request), controller_timeout_ms, refuse_all
    );
    for (const std::string& host : unknown) {
        response.entries.push_back(quota_outcome({{std::string(quota_ip), host}}, unknown_host(host)));
    }
    co_return response;
}

}  // namespace barnabas
