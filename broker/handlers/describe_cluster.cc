// DescribeCluster (API 60, KIP-700). Version 1 tells brokers from controllers (KIP-919), 2 can include fenced brokers
// (KIP-1073).

#include "protocol/describe_cluster.h"

#include <fmt/format.h>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

Task<DescribeClusterResponse> handle(RequestContext& context, DescribeClusterRequest request) {
    constexpr std::int8_t brokers = 1, controllers = 2;
    DescribeClusterResponse response;
    if (request.endpoint_type != brokers) {
        const bool known = request.endpoint_type == controllers;
        response.error_code = known ? ErrorCode::mismatched_endpoint_type : ErrorCode::unsupported_endpoint_type;
        response.error_message = known ? "this is a broker's listener: ask for brokers, or ask a controller"
                                       : fmt::format("{} is no endpoint type", request.endpoint_type);
        co_return response;
    }
    const auto image = context.broker.metadata.image();
    response.cluster_id = context.broker.cluster_id;
    for (const auto& [id, broker] : image->cluster.brokers()) {
        const Endpoint* endpoint = broker->endpoint(context.session.listener);
        if (endpoint == nullptr || (broker->fenced && !request.include_fenced_brokers)) {
            continue;
        }
        response.brokers.push_back(
            {.broker_id = id.value,
             .host = endpoint->host,
             .port = endpoint->port,
             .rack = broker->rack,
             .is_fenced = broker->fenced,
             .unknown_tags = {}}
        );
        if (!broker->fenced && (response.controller_id == -1 || id == context.broker.node)) {
            response.controller_id = id.value;
        }
    }
    if (request.include_cluster_authorized_operations) {
        const AccessRights access(context);
        response.cluster_authorized_operations = access.allows_cluster(AclOperation::describe)
                                                     ? access.operations(ResourceType::cluster, cluster_resource)
                                                     : 0;
    }
    co_return response;
}

}  // namespace barnabas
