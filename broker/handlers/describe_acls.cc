// DescribeAcls (API 29). Version 1 has pattern types (KIP-290).

#include "protocol/describe_acls.h"

#include "controller/acl_requests.h"
#include "handlers/acl_changes.h"

namespace barnabas {

namespace {

bool same_pattern(const DescribeAclsResponse::DescribeAclsResource& resource, const Acl& acl) {
    return resource.resource_name == acl.resource && resource.resource_type == static_cast<std::int8_t>(acl.type) &&
           resource.pattern_type == static_cast<std::int8_t>(acl.pattern);
}

/// Rules of one pattern stand together in the set.
void add(DescribeAclsResponse& response, const Acl& acl) {
    if (response.resources.empty() || !same_pattern(response.resources.back(), acl)) {
        auto& resource = response.resources.emplace_back();
        resource.resource_type = static_cast<std::int8_t>(acl.type);
        resource.resource_name = acl.resource;
        resource.pattern_type = static_cast<std::int8_t>(acl.pattern);
    }
    response.resources.back().acls.push_back(
        {.principal = acl.principal,
         .host = acl.host,
         .operation = static_cast<std::int8_t>(acl.operation),
         .permission_type = static_cast<std::int8_t>(acl.permission),
         .unknown_tags = {}}
    );
}

}  // namespace

Task<DescribeAclsResponse> handle(RequestContext& context, DescribeAclsRequest request) {
    DescribeAclsResponse response;
    if (request.resource_type_filter == 0 || request.pattern_type_filter == 0 || request.operation == 0 ||
        request.permission_type == 0) {
        context.close = element_of_unknown_kind(context);
        co_return response;
    }
    const auto refuse = [&response](const Error& error) {
        response.error_code = error.code;
        response.error_message = error.detail;
        return response;
    };
    const AccessRights access(context);
    if (!access.allows_cluster(AclOperation::describe)) {
        co_return refuse(cluster_refusal(AclOperation::describe));
    }
    if (access.authorizer() == nullptr) {
        co_return refuse(no_authorizer());
    }
    const AclFilter filter = filter_of(request);
    for (const AclSet::Rule& rule : access.authorizer()->acls().all()) {
        if (filter.matches(*rule)) {
            add(response, *rule);
        }
    }
    co_return response;
}

}  // namespace barnabas
