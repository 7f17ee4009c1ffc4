#include "controller/client_quota_requests.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace barnabas {

namespace {

/// What a limit may be, in Kafka's words for its types.
enum class QuotaNumber { real, whole_long, whole_int };

struct QuotaKey {
    std::string_view name;
    bool of_address;  ///< or of users and client ids
    QuotaNumber number;
};
constexpr QuotaKey quota_keys[] = {
    {"producer_byte_rate", false, QuotaNumber::whole_long},     {"consumer_byte_rate", false, QuotaNumber::whole_long},
    {"request_percentage", false, QuotaNumber::real},           {"controller_mutation_rate", false, QuotaNumber::real},
    {"connection_creation_rate", true, QuotaNumber::whole_int},
};

constexpr double most_long = 0x1p63;
constexpr double most_int = 2147483647;
constexpr double fraction_tolerance = 1e-6;

/// As Kafka prints the entity.
std::string quota_entity_text(const QuotaEntity& entity) {
    std::string text;
    for (const auto& [type, name] : entity) {
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", type, name.value_or("null"));
    }
    return fmt::format("ClientQuotaEntity(entries={{{}}})", text);
}

bool is_address_entity(const QuotaEntity& entity) {
    return entity.contains(std::string(quota_ip));
}

Expected<void> check_quota_entity(const QuotaEntity& entity) {
    if (entity.empty()) {
        return fail(ErrorCode::invalid_request, "Invalid empty client quota entity");
    }
    for (const auto& [type, name] : entity) {
        if (type != quota_user && type != quota_client_id && type != quota_ip) {
            return fail(ErrorCode::invalid_request, fmt::format("Unhandled client quota entity type: {}", type));
        }
        if (name && name->empty()) {
            return fail(ErrorCode::invalid_request, fmt::format("Empty {} not supported", type));
        }
    }
    if (is_address_entity(entity) && entity.size() > 1) {
        return fail(
            ErrorCode::invalid_request,
            "Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId"
        );
    }
    return {};
}

Expected<void> check_quota_limit(const QuotaEntity& entity, std::string_view name, double value) {
    const auto* key = std::ranges::find(quota_keys, name, &QuotaKey::name);
    if (key == std::end(quota_keys) || key->of_address != is_address_entity(entity)) {
        return fail(ErrorCode::invalid_request, fmt::format("Invalid configuration key {}", name));
    }
    // Kafka takes "not a number", which nothing can be held to.
    if (std::isnan(value) || value <= 0) {
        return fail(ErrorCode::invalid_request, fmt::format("Quota {} must be greater than 0", name));
    }
    if (key->number == QuotaNumber::real) {
        return {};
    }
    const bool is_long = key->number == QuotaNumber::whole_long;
    if (value > (is_long ? most_long : most_int)) {
        return fail(
            ErrorCode::invalid_request,
            fmt::format("Proposed value for {} is too large for {}.", name, is_long ? "a LONG" : "an INT")
        );
    }
    if (value - std::floor(value) > fraction_tolerance) {
        return fail(ErrorCode::invalid_request, fmt::format("{} cannot be a fractional value.", name));
    }
    return {};
}

ClientQuotaRecord quota_record(const QuotaEntity& entity, std::string_view key, std::optional<double> value) {
    ClientQuotaRecord record;
    for (const auto& [type, name] : entity) {
        auto& part = record.entity.emplace_back();
        part.entity_type = type;
        part.entity_name = name;
    }
    record.key = key;
    record.value = value.value_or(0);
    record.remove = !value;
    return record;
}

/// Decides for one entity after the other.
class QuotaAlteration {
public:
    explicit QuotaAlteration(const ClientQuotasImage& quotas) : quotas_(quotas) {}

    void take(const AlterClientQuotasRequest::EntryData& entry) {
        using Op = AlterClientQuotasRequest::OpData;
        QuotaEntity entity = quota_entity_of(entry);
        std::map<std::string_view, const Op*> ops;
        for (const Op& op : entry.ops) {
            ops.emplace(op.key, &op);
        }
        if (outcomes_.contains(entity) || ops.size() < entry.ops.size()) {
            outcomes_.insert_or_assign(
                entity,
                fail(ErrorCode::invalid_request, fmt::format("Ignoring duplicate entity {}", quota_entity_text(entity)))
            );
            return;
        }
        auto outcome = check_quota_entity(entity);
        std::vector<ClientQuotaRecord> records;
        const auto* found = quotas_.quotas().find(entity);
        const ClientQuotasImage::Limits known = found ? **found : ClientQuotasImage::Limits();
        for (auto op = ops.begin(); op != ops.end() && outcome; ++op) {
            const auto [key, wish] = *op;
            const auto old = known.find(std::string(key));
            if (!wish->remove) {
                outcome = check_quota_limit(entity, key, wish->value);
            }
            if (wish->remove ? old != known.end() : old == known.end() || old->second != wish->value) {
                records.push_back(quota_record(entity, key, wish->remove ? std::nullopt : std::optional(wish->value)));
            }
        }
        if (outcome) {
            std::ranges::move(records, std::back_inserter(records_));
        }
        outcomes_.emplace(std::move(entity), std::move(outcome));
    }

    Decision<AlterClientQuotasResponse> finish(bool validate_only) && {
        Decision<AlterClientQuotasResponse> decision;
        const bool too_many = records_.size() > most_records_of_a_request;
        for (auto& [entity, outcome] : outcomes_) {
            if (too_many) {
                outcome = fail(
                    ErrorCode::policy_violation,
                    fmt::format(
                        "The request would change more limits than {}, which one batch of the metadata log holds: "
                        "split it.",
                        most_records_of_a_request
                    )
                );
            }
            decision.reply.entries.push_back(quota_outcome(entity, outcome));
        }
        if (!too_many && !validate_only) {
            for (ClientQuotaRecord& record : records_) {
                decision.records.push_back({std::move(record), 0});
            }
        }
        return decision;
    }

private:
    const ClientQuotasImage& quotas_;
    std::map<QuotaEntity, Expected<void>> outcomes_;
    std::vector<ClientQuotaRecord> records_;
};

}  // namespace

QuotaEntity quota_entity_of(const AlterClientQuotasRequest::EntryData& entry) {
    QuotaEntity entity;
    for (const auto& part : entry.entity) {
        entity[std::string(part.entity_type)] = part.entity_name;
    }
    return entity;
}

AlterClientQuotasResponse::EntryData quota_outcome(const QuotaEntity& entity, const Expected<void>& outcome) {
    AlterClientQuotasResponse::EntryData entry;
    entry.error_message.reset();
    if (!outcome) {
        entry.error_code = outcome.error().code;
        entry.error_message = outcome.error().detail;
    }
    for (const auto& [type, name] : entity) {
        auto& part = entry.entity.emplace_back();
        part.entity_type = type;
        part.entity_name = name;
    }
    return entry;
}

Decision<AlterClientQuotasResponse> alter_client_quotas(
    const Situation& situation, const AlterClientQuotasRequest& request
) {
    QuotaAlteration alteration(situation.image.client_quotas);
    for (const auto& entry : request.entries) {
        alteration.take(entry);
    }
    return std::move(alteration).finish(request.validate_only);
}

}  // namespace barnabas
