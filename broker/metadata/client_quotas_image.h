#pragma once

#include <map>
#include <memory>
#include <optional>

#include "metadata/metadata_record.h"
#include "metadata/persistent_map.h"

namespace barnabas {

/// Whom a quota is for: entity types ("user", "client-id", "ip") with a name, or nothing for the default of the type.
using QuotaEntity = std::map<std::string, std::optional<std::string>>;

/// The limits that were set (KIP-546).
class ClientQuotasImage {
public:
    using Limits = std::map<std::string, double>;
    using Quotas = PersistentMap<QuotaEntity, std::shared_ptr<const Limits>>;

    [[nodiscard]] const Quotas& quotas() const { return quotas_; }

    void apply(const ClientQuotaRecord& record);
    void append_records(MetadataRecords& out) const;

private:
    Quotas quotas_;
};

}  // namespace barnabas
