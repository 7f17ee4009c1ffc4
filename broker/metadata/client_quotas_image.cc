#include "metadata/client_quotas_image.h"

namespace barnabas {

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
