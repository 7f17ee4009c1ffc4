#include "cli/client_quotas.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/group_description.h"
#include "cli/java_order.h"
#include "common/java_double.h"
#include "protocol/alter_client_quotas.h"

namespace barnabas {

namespace {

using QuotasDone = std::expected<void, std::string>;
using QuotaEntry = DescribeClientQuotasResponse::EntryData;
using QuotaValue = DescribeClientQuotasResponse::ValueData;
using QuotaComponent = DescribeClientQuotasRequest::ComponentData;

/// A type of entity: as the tool, the requests and the lines that are printed call it.
struct QuotaType {
    std::string_view type;
    std::string_view on_wire;
    std::string_view printed;
};
constexpr QuotaType quota_types[] = {
    {"users", "user", "user-principal"},
    {"clients", "client-id", "client-id"},
    {"ips", "ip", "ip"},
};
constexpr std::string_view client_keys[] = {
    "producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate"
};
constexpr std::string_view address_keys[] = {"connection_creation_rate"};

constexpr std::int8_t match_exact = 0, match_default = 1, match_any = 2;

std::string_view wire_type(const ConfigEntity& entity) {
    return std::ranges::find(quota_types, entity.type, &QuotaType::type)->on_wire;
}

/// org.apache.kafka.common.quota.ClientQuotaEntity.hashCode.
std::int32_t java_hash(const QuotaEntry& entry) {
    std::uint32_t hash = 31;
    for (const auto& part : entry.entity) {
        hash += static_cast<std::uint32_t>(
            barnabas::java_hash(part.entity_type) ^ (part.entity_name ? barnabas::java_hash(*part.entity_name) : 0)
        );
    }
    return static_cast<std::int32_t>(hash);
}

std::string quota_line(const QuotaEntry& entry) {
    std::vector<std::string> parts;
    for (const QuotaType& type : quota_types) {
        const auto part =
            std::ranges::find(entry.entity, type.on_wire, &DescribeClientQuotasResponse::EntityData::entity_type);
        if (part != entry.entity.end()) {
            parts.push_back(
                part->entity_name ? fmt::format("{} '{}'", type.printed, *part->entity_name)
                                  : fmt::format("the default {}", type.printed)
            );
        }
    }
    const auto hash = [](const QuotaValue& value) { return barnabas::java_hash(value.key); };
    std::vector<std::string> limits;
    for (const QuotaValue& value : java_hash_order(entry.values, hash, entry.values.size())) {
        limits.push_back(fmt::format("{}={}", value.key, java_text(value.value)));
    }
    return fmt::format("Quota configs for {} are {}\n", join(parts, ", "), join(limits, ", "));
}

/// Of exactly these types: limits of a pair are none of the user's alone.
std::expected<DescribeClientQuotasResponse, std::string> ask_quotas(
    ToolSession& session, const std::vector<ConfigEntity>& entities
) {
    DescribeClientQuotasRequest request;
    request.strict = true;
    for (const ConfigEntity& entity : entities) {
        QuotaComponent& component = request.components.emplace_back();
        component.entity_type = wire_type(entity);
        component.match_type = !entity.name ? match_any : entity.name->empty() ? match_default : match_exact;
        component.match =
            entity.name && !entity.name->empty() ? std::optional<std::string_view>(*entity.name) : std::nullopt;
    }
    auto reply = session.ask<DescribeClientQuotasResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    if (reply->message.error_code != ErrorCode::none) {
        return std::unexpected(words_of(reply->message.error_code, reply->message.error_message));
    }
    return std::move(reply->message);
}

QuotasDone check_deletions(
    ToolSession& session, const std::vector<ConfigEntity>& entities, const std::vector<std::string>& deletions
) {
    if (deletions.empty()) {
        return {};
    }
    const auto known = ask_quotas(session, entities);
    if (!known) {
        return std::unexpected(known.error());
    }
    const auto& entries = *known->entries;
    const auto limits = entries.empty() ? std::vector<QuotaValue>() : entries.front().values;
    std::vector<std::string> missing;
    std::ranges::copy_if(deletions, std::back_inserter(missing), [&limits](const std::string& key) {
        return std::ranges::find(limits, key, &QuotaValue::key) == limits.end();
    });
    return missing.empty() ? QuotasDone()
                           : std::unexpected(fmt::format("Invalid config(s): {} is not set", join(missing, ",")));
}

}  // namespace

bool is_quota_key(std::string_view type, std::string_view key) {
    return type == "ips" ? contains(address_keys, key) : contains(client_keys, key);
}

std::string quota_lines(const DescribeClientQuotasResponse& answer) {
    std::string lines;
    const auto& entries = *answer.entries;
    for (const QuotaEntry& entry :
         java_hash_order(entries, [](const QuotaEntry& each) { return java_hash(each); }, entries.size())) {
        lines += quota_line(entry);
    }
    return lines;
}

QuotasDone describe_quotas(ToolSession& session, const std::vector<ConfigEntity>& entities) {
    const auto answer = ask_quotas(session, entities);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    print(quota_lines(*answer));
    return {};
}

QuotasDone alter_quotas(
    ToolSession& session, const std::vector<ConfigEntity>& entities,
    const std::map<std::string, std::string>& additions, const std::vector<std::string>& deletions
) {
    AlterClientQuotasRequest request;
    auto& entry = request.entries.emplace_back();
    for (const ConfigEntity& entity : entities) {
        auto& part = entry.entity.emplace_back();
        part.entity_type = wire_type(entity);
        part.entity_name = entity.name->empty() ? std::nullopt : std::optional<std::string_view>(*entity.name);
    }
    for (const auto& [key, text] : additions) {
        const auto value = parse_java_double(text);
        if (!value) {
            return std::unexpected(fmt::format("Cannot parse quota configuration value for {}: {}", key, text));
        }
        entry.ops.push_back({.key = key, .value = *value});
    }
    for (const std::string& key : deletions) {
        entry.ops.push_back({.key = key, .remove = true});
    }
    if (auto checked = check_deletions(session, entities, deletions); !checked) {
        return checked;
    }
    const auto reply = session.ask<AlterClientQuotasResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    for (const auto& result : reply->message.entries) {
        if (result.error_code != ErrorCode::none) {
            return std::unexpected(
                java_exception(result.error_code) + ": " + words_of(result.error_code, result.error_message)
            );
        }
    }
    const ConfigEntity& first = entities.front();
    print(
        first.name->empty() ? fmt::format("Completed updating default config for {} in the cluster.\n", first.type)
                            : fmt::format("Completed updating config for {} {}.\n", first.singular(), *first.name)
    );
    return {};
}

}  // namespace barnabas
