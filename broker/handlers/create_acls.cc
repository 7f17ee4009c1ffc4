// CreateAcls (API 30). Version 1 has prefixed patterns (KIP-290).

#include "protocol/create_acls.h"

#include <algorithm>

#include "handlers/acl_changes.h"

namespace barnabas {

namespace {

CreateAclsResponse refuse_all(const CreateAclsRequest& request, const Error& error) {
    CreateAclsResponse refused;
    for (std::size_t i = 0; i < request.creations.size(); ++i) {
        refused.results.push_back({.error_code = error.code, .error_message = error.detail});
    }
    return refused;
}

bool has_unknown(const CreateAclsRequest& request) {
    return std::ranges::any_of(request.creations, [](const auto& acl) {
        return acl.resource_type == 0 || acl.resource_pattern_type == 0 || acl.operation == 0 ||
               acl.permission_type == 0;
    });
}

}  // namespace

Task<CreateAclsResponse> handle(RequestContext& context, CreateAclsRequest request) {
    return change_acls<CreateAclsResponse>(context, std::move(request), has_unknown, refuse_all);
}

}  // namespace barnabas
