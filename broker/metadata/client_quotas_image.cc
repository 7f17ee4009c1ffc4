#include "metadata/client_quotas_image.h"

#include <algorithm>
#include <array>
#include <compare>
#include <span>

#include "common/check.h"

namespace barnabas {

namespace {

/// Parts in the order of their types, which compare with an entity as the entity of these parts would.
struct QuotaParts {
    std::span<const QuotaPart> parts;

    [[nodiscard]] std::strong_ordering order_of(const QuotaEntity& entity) const {
        return std::lexicographical_compare_three_way(
            entity.begin(), entity.end(), parts.begin(), parts.end(),
            [](const QuotaEntity::value_type& part, const QuotaPart& like) -> std::strong_ordering {
                if (const auto types = std::string_view(part.first) <=> like.type; types != 0) {
                    return types;
                }
                return std::optional<std::string_view>(part.second) <=> like.name;
            }
        );
    }
    friend bool operator<(const QuotaEntity& entity, const QuotaParts& like) { return like.order_of(entity) < 0; }
    friend bool operator<(const QuotaParts& like, const QuotaEntity& entity) { return like.order_of(entity) > 0; }
};

}  // namespace

const ClientQuotasImage::Limits* ClientQuotasImage::limits(std::initializer_list<QuotaPart> entity) const {
    std::array<QuotaPart, 3> parts;
    CHECK(entity.size() <= parts.size());
    const auto end = std::ranges::copy(entity, parts.begin()).out;
    const std::span ordered(parts.begin(), end);
    std::ranges::sort(ordered, {}, &QuotaPart::type);
    const auto* found = quotas_.find(QuotaParts{ordered});
    return found ? found->get() : nullptr;
}

void ClientQuotasImage::apply(const ClientQuotaRecord& record) {
    QuotaEntity entity;
    for (const auto& each : record.entity) {
        entity[each.entity_type] = each.entity_name;
    }
    const auto* found = quotas_.find(entity);
    Limits limits = found ? **found : Limits();
    if (record.remove) {
        limits.erase(record.key);
    } else {
        limits[record.key] = record.value;
    }
    quotas_ = limits.empty() ? quotas_.without(entity)
                             : quotas_.with(entity, std::make_shared<const Limits>(std::move(limits)));
}

void ClientQuotasImage::append_records(MetadataRecords& out) const {
    for (const auto& [entity, limits] : quotas_) {
        for (const auto& [key, value] : *limits) {
            ClientQuotaRecord record;
            for (const auto& [type, name] : entity) {
                auto& part = record.entity.emplace_back();
                part.entity_type = type;
                part.entity_name = name;
            }
            record.key = key;
            record.value = value;
            out.push_back({std::move(record), 0});
        }
    }
}

}  // namespace barnabas
