#pragma once

#include "metadata/client_quotas_image.h"
#include "protocol/describe_client_quotas.h"

namespace barnabas {

/// What was set for the entities that the request's filter matches (KIP-546).
[[nodiscard]] DescribeClientQuotasResponse describe_client_quotas(
    const ClientQuotasImage& quotas, const DescribeClientQuotasRequest& request
);

}  // namespace barnabas
