// DescribeClientQuotas (API 48, KIP-546).

#include "protocol/describe_client_quotas.h"

#include "controller/client_quota_filter.h"
#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

Task<DescribeClientQuotasResponse> handle(RequestContext& context, DescribeClientQuotasRequest request) {
    if (!AccessRights(context).allows_cluster(AclOperation::describe_configs)) {
        const Error refusal = cluster_refusal(AclOperation::describe_configs);
        DescribeClientQuotasResponse refused;
        refused.error_code = refusal.code;
        refused.error_message = refusal.detail;
        refused.entries.reset();
        co_return refused;
    }
    co_return describe_client_quotas(context.broker.metadata.image()->client_quotas, request);
}

}  // namespace barnabas
