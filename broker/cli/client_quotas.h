#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "cli/config_entities.h"
#include "cli/session.h"
#include "protocol/describe_client_quotas.h"

namespace barnabas {

/// The keys that limit things of the type: "users", "clients" or "ips".
[[nodiscard]] bool is_quota_key(std::string_view type, std::string_view key);

/// What is printed of an answer: a line for each entity, as Apache's tool orders them.
[[nodiscard]] std::string quota_lines(const DescribeClientQuotasResponse& answer);

/// `configs --describe` of the limits of users, client ids or addresses.
std::expected<void, std::string> describe_quotas(ToolSession& session, const std::vector<ConfigEntity>& entities);

/// `configs --alter`: each of the entities has a name. Limits to remove must be there.
std::expected<void, std::string> alter_quotas(
    ToolSession& session, const std::vector<ConfigEntity>& entities,
    const std::map<std::string, std::string>& additions, const std::vector<std::string>& deletions
);

}  // namespace barnabas
