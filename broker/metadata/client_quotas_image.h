#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "metadata/metadata_record.h"
#include "metadata/persistent_map.h"

namespace barnabas {

// Entity types.
inline constexpr std::string_view quota_user = "user";
inline constexpr std::string_view quota_client_id = "client-id";
inline constexpr std::string_view quota_ip = "ip";

/// Whom a quota is for: entity types with a name, or with nothing for the default of the type. User and client id may
/// stand together.
using QuotaEntity = std::map<std::string, std::optional<std::string>>;

/// One part of an entity, to look for.
struct QuotaPart {
    std::string_view type;
    std::optional<std::string_view> name;  ///< nothing: the default
};

/// The limits that were set (KIP-546), by key ("producer_byte_rate").
class ClientQuotasImage {
public:
    using Limits = std::map<std::string, double>;
    using Quotas = PersistentMap<QuotaEntity, std::shared_ptr<const Limits>>;

    [[nodiscard]] const Quotas& quotas() const { return quotas_; }

    /// What was set for exactly this entity, or null: `limits({{quota_user, "alice"}, {quota_client_id,
    /// std::nullopt}})` is the default client id of user alice. Copies no names. It lives as long as any image that
    /// shares it.
    [[nodiscard]] const Limits* limits(std::initializer_list<QuotaPart> entity) const;

    void apply(const ClientQuotaRecord& record);
    void append_records(MetadataRecords& out) const;

private:
    Quotas quotas_;
};

}  // namespace barnabas
