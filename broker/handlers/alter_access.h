#pragma once

#include <vector>

#include "handlers/access_rights.h"
#include "metadata/configs_image.h"

namespace barnabas {

/// The error of a resource whose settings may not be altered; none when they may.
[[nodiscard]] inline ErrorCode alter_refusal(const AccessRights& access, std::int8_t type, std::string_view name) {
    constexpr auto alter = AclOperation::alter_configs;
    switch (static_cast<ConfigResourceType>(type)) {
        case ConfigResourceType::topic:
            return access.allows_topic(alter, name) ? ErrorCode::none : ErrorCode::topic_authorization_failed;
        case ConfigResourceType::group:
            return access.allows_group(alter, name) ? ErrorCode::none : ErrorCode::group_authorization_failed;
        case ConfigResourceType::broker:
        case ConfigResourceType::broker_logger:
        case ConfigResourceType::client_metrics:
            return access.allows_cluster(alter) ? ErrorCode::none : ErrorCode::cluster_authorization_failed;
        case ConfigResourceType::unknown:
            break;
    }
    return ErrorCode::none;  // the controller refuses it, whoever asks
}

/// Takes out of a request to alter settings the resources that may not be altered, and answers them.
template <class Result, class Resource>
[[nodiscard]] std::vector<Result> take_unalterable(std::vector<Resource>& resources, const AccessRights& access) {
    std::vector<Result> forbidden;
    if (access.authorizer() == nullptr) {
        return forbidden;
    }
    const std::vector<Resource> wanted = resources;
    std::erase_if(resources, [&](const Resource& resource) {
        const ErrorCode refusal = alter_refusal(access, resource.resource_type, resource.resource_name);
        if (refusal == ErrorCode::none) {
            return false;
        }
        const auto same = [&](const Resource& other) {
            return other.resource_type == resource.resource_type && other.resource_name == resource.resource_name;
        };
        const bool twice = std::ranges::count_if(wanted, same) > 1;
        forbidden.push_back(
            {.error_code = twice ? ErrorCode::invalid_request : refusal,
             .error_message = twice ? "Each resource must appear at most once." : std::string(text(refusal)),
             .resource_type = resource.resource_type,
             .resource_name = std::string(resource.resource_name)}
        );
        return true;
    });
    return forbidden;
}

}  // namespace barnabas
