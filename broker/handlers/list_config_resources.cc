// ListConfigResources (API 74, KIP-1142). Version 0 lists client metrics subscriptions alone.

#include "protocol/list_config_resources.h"

#include <algorithm>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

using Listed = ListConfigResourcesResponse::ConfigResource;

void add_configured(std::vector<Listed>& out, const MetadataImage& image, ConfigResourceType type) {
    for (const auto& [target, entries] : image.configs.resources()) {
        if (target.type == type) {
            out.push_back({.resource_name = target.name, .resource_type = static_cast<std::int8_t>(type)});
        }
    }
}

void add(std::vector<Listed>& out, const MetadataImage& image, ConfigResourceType type) {
    const auto number = static_cast<std::int8_t>(type);
    switch (type) {
        case ConfigResourceType::topic:
            for (const auto& [name, id] : image.topics.by_name()) {
                out.push_back({.resource_name = name, .resource_type = number});
            }
            break;
        case ConfigResourceType::broker:
        case ConfigResourceType::broker_logger:
            for (const auto& [id, broker] : image.cluster.brokers()) {
                out.push_back({.resource_name = std::to_string(id.value), .resource_type = number});
            }
            break;
        case ConfigResourceType::group:
        case ConfigResourceType::client_metrics:
            add_configured(out, image, type);
            break;
        case ConfigResourceType::unknown:
            break;
    }
}

}  // namespace

Task<ListConfigResourcesResponse> handle(RequestContext& context, ListConfigResourcesRequest request) {
    using enum ConfigResourceType;
    if (!AccessRights(context).allows_cluster(AclOperation::describe_configs)) {
        co_return ListConfigResourcesResponse{.error_code = ErrorCode::cluster_authorization_failed};
    }
    static const std::vector<ConfigResourceType> all{topic, broker, broker_logger, client_metrics, group};
    std::vector<ConfigResourceType> wanted;
    for (const std::int8_t type : request.resource_types) {
        wanted.push_back(static_cast<ConfigResourceType>(type));
    }
    if (context.version == 0) {
        wanted = {client_metrics};
    } else if (wanted.empty()) {
        wanted = all;
    }
    ListConfigResourcesResponse response;
    const auto image = context.broker.metadata.image();
    for (const ConfigResourceType type : wanted) {
        if (std::ranges::find(all, type) == all.end()) {
            co_return ListConfigResourcesResponse{.error_code = ErrorCode::unsupported_version};
        }
        add(response.config_resources, *image, type);
    }
    co_return response;
}

}  // namespace barnabas
