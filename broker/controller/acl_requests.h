#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/create_acls.h"
#include "protocol/delete_acls.h"
#include "security/acl.h"

namespace barnabas {

/// What a record of the metadata log says.
[[nodiscard]] Acl acl_of(const AccessControlEntryRecord& record);

/// The filter of a DescribeAcls request, or one of a DeleteAcls request's.
template <class Request>
[[nodiscard]] AclFilter filter_of(const Request& request) {
    const auto text = [](const std::optional<std::string_view>& view) {
        return view ? std::optional<std::string>(*view) : std::nullopt;
    };
    return {
        resource_type(request.resource_type_filter),
        pattern_type(request.pattern_type_filter),
        text(request.resource_name_filter),
        text(request.principal_filter),
        text(request.host_filter),
        acl_operation(request.operation),
        permission(request.permission_type)
    };
}

// The requests that change access rules. What is wrong with one rule or filter stands in its place of the reply; the
// others are done, all in one batch. Whether there is an authorizer, and who may ask, is the broker's business.

/// A rule that is there already is not made again. Rules that say "any", which only filters may, spoil the request.
[[nodiscard]] Decision<CreateAclsResponse> create_acls(const Situation& situation, const CreateAclsRequest& request);

/// Each filter is answered with what it matches, even where an earlier one matches it too.
[[nodiscard]] Decision<DeleteAclsResponse> delete_acls(const Situation& situation, const DeleteAclsRequest& request);

}  // namespace barnabas
