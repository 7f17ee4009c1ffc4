#include "controller/client_quota_filter.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas {

namespace {

/// What a filter says of one type of entity, in the numbers of the wire.
enum class QuotaMatch : std::int8_t { exact = 0, of_default = 1, any = 2 };

struct QuotaCriterion {
    QuotaMatch match;
    std::optional<std::string_view> name;

    [[nodiscard]] bool matches(const std::optional<std::string>& other) const {
        switch (match) {
            case QuotaMatch::exact:
                return other == name;
            case QuotaMatch::of_default:
                return !other;
            case QuotaMatch::any:
                return true;
        }
        return false;
    }
};
using QuotaFilter = std::map<std::string, QuotaCriterion>;

std::unexpected<Error> bad_quota_filter(std::string words) {
    return fail(ErrorCode::invalid_request, std::move(words));
}

Expected<QuotaCriterion> criterion_of(const DescribeClientQuotasRequest::ComponentData& component) {
    const auto match = static_cast<QuotaMatch>(component.match_type);
    switch (match) {
        case QuotaMatch::exact:
            if (!component.match) {
                return bad_quota_filter("Request specified MATCH_TYPE_EXACT, but set match string to null.");
            }
            break;
        case QuotaMatch::of_default:
            if (component.match) {
                return bad_quota_filter("Request specified MATCH_TYPE_DEFAULT, but also specified a match string.");
            }
            break;
        case QuotaMatch::any:
            if (component.match) {
                return bad_quota_filter("Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.");
            }
            break;
        default:
            return bad_quota_filter(fmt::format("Unknown match type {}", component.match_type));
    }
    return QuotaCriterion{match, component.match};
}

Expected<QuotaFilter> quota_filter_of(const DescribeClientQuotasRequest& request) {
    QuotaFilter filter;
    for (const auto& component : request.components) {
        const std::string_view type = component.entity_type;
        if (type.empty()) {
            return bad_quota_filter("Invalid empty entity type.");
        }
        if (type != quota_user && type != quota_client_id && type != quota_ip) {
            return fail(ErrorCode::unsupported_version, fmt::format("Unsupported entity type {}", type));
        }
        if (filter.contains(std::string(type))) {
            return bad_quota_filter(fmt::format("Entity type {} cannot appear more than once in the filter.", type));
        }
        auto criterion = criterion_of(component);
        if (!criterion) {
            return std::unexpected(std::move(criterion.error()));
        }
        filter.emplace(type, *criterion);
    }
    if (filter.contains(std::string(quota_ip)) && filter.size() > 1) {
        return bad_quota_filter(
            "Invalid entity filter component combination. IP filter component should not be used with user or clientId "
            "filter component."
        );
    }
    return filter;
}

/// A strict filter matches no entity that has more types than it names.
bool quota_filter_matches(const QuotaFilter& filter, bool strict, const QuotaEntity& entity) {
    if (strict && entity.size() != filter.size()) {
        return false;
    }
    return std::ranges::all_of(filter, [&entity](const auto& each) {
        const auto part = entity.find(each.first);
        return part != entity.end() && each.second.matches(part->second);
    });
}

}  // namespace

DescribeClientQuotasResponse describe_client_quotas(
    const ClientQuotasImage& quotas, const DescribeClientQuotasRequest& request
) {
    DescribeClientQuotasResponse response;
    const auto filter = quota_filter_of(request);
    if (!filter) {
        response.error_code = filter.error().code;
        response.error_message = filter.error().detail;
        response.entries.reset();
        return response;
    }
    for (const auto& [entity, limits] : quotas.quotas()) {
        if (!quota_filter_matches(*filter, request.strict, entity)) {
            continue;
        }
        auto& entry = response.entries->emplace_back();
        for (const auto& [type, name] : entity) {
            auto& part = entry.entity.emplace_back();
            part.entity_type = type;
            part.entity_name = name;
        }
        for (const auto& [key, value] : *limits) {
            entry.values.push_back({.key = key, .value = value});
        }
    }
    return response;
}

}  // namespace barnabas
