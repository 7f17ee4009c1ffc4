#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/alter_client_quotas.h"

namespace barnabas {

/// The entity of one entry. Of parts of one type the last counts, as in Kafka.
[[nodiscard]] QuotaEntity quota_entity_of(const AlterClientQuotasRequest::EntryData& entry);

/// One entry of the reply.
[[nodiscard]] AlterClientQuotasResponse::EntryData quota_outcome(
    const QuotaEntity& entity, const Expected<void>& outcome
);

/// Sets and removes limits (KIP-546, KIP-612). What is wrong with one entity is told of it, and nothing is done for it;
/// the others are done, all in one batch. Whether an address can be found by its name is the broker's business.
[[nodiscard]] Decision<AlterClientQuotasResponse> alter_client_quotas(
    const Situation& situation, const AlterClientQuotasRequest& request
);

}  // namespace barnabas
