// DeleteAcls (API 31). Version 1 has pattern types (KIP-290).

#include "protocol/delete_acls.h"

#include <algorithm>

#include "handlers/acl_changes.h"

namespace barnabas {

namespace {

DeleteAclsResponse refuse_all(const DeleteAclsRequest& request, const Error& error) {
    DeleteAclsResponse refused;
    for (std::size_t i = 0; i < request.filters.size(); ++i) {
        auto& result = refused.filter_results.emplace_back();
        result.error_code = error.code;
        result.error_message = error.detail;
    }
    return refused;
}

bool has_unknown(const DeleteAclsRequest& request) {
    return std::ranges::any_of(request.filters, [](const auto& filter) {
        return filter.resource_type_filter == 0 || filter.pattern_type_filter == 0 || filter.operation == 0 ||
               filter.permission_type == 0;
    });
}

}  // namespace

Task<DeleteAclsResponse> handle(RequestContext& context, DeleteAclsRequest request) {
    return change_acls<DeleteAclsResponse>(context, std::move(request), has_unknown, refuse_all);
}

}  // namespace barnabas
