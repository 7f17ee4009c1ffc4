#include "controller/acl_requests.h"

#include <map>
#include <set>

namespace barnabas {

namespace {

constexpr std::string_view cluster_name = "kafka-cluster";
constexpr std::string_view too_many_acls =
    "The request would change more access rules than 10000, which one batch of the metadata log holds: split it.";

Acl wanted_acl(const CreateAclsRequest::AclCreation& creation) {
    return {
        resource_type(creation.resource_type),
        pattern_type(creation.resource_pattern_type),
        std::string(creation.resource_name),
        std::string(creation.principal),
        std::string(creation.host),
        acl_operation(creation.operation),
        permission(creation.permission_type),
        {}
    };
}

/// Words that only filters are made of.
bool is_for_filters(const Acl& acl) {
    return acl.type == ResourceType::any || acl.pattern == PatternType::any || acl.pattern == PatternType::match ||
           acl.operation == AclOperation::any || acl.permission == Permission::any;
}

Expected<void> validate_new(const Acl& acl) {
    if (acl.type == ResourceType::cluster && acl.resource != cluster_name) {
        return fail(
            ErrorCode::invalid_request, fmt::format("The only valid name for the CLUSTER resource is {}", cluster_name)
        );
    }
    return validate(acl);
}

CreateAclsResponse refuse_creations(const CreateAclsRequest& request, const Error& error) {
    CreateAclsResponse reply;
    for (std::size_t i = 0; i < request.creations.size(); ++i) {
        reply.results.push_back({.error_code = error.code, .error_message = error.detail});
    }
    return reply;
}

DeleteAclsResponse refuse_filters(const DeleteAclsRequest& request, const Error& error) {
    DeleteAclsResponse reply;
    for (std::size_t i = 0; i < request.filters.size(); ++i) {
        reply.filter_results.push_back(
            {.error_code = error.code, .error_message = error.detail, .matching_acls = {}, .unknown_tags = {}}
        );
    }
    return reply;
}

AccessControlEntryRecord record_of(const Acl& acl, const Uuid& id) {
    AccessControlEntryRecord record;
    record.id = id;
    record.resource_type = static_cast<std::int8_t>(acl.type);
    record.resource_name = acl.resource;
    record.pattern_type = static_cast<std::int8_t>(acl.pattern);
    record.principal = acl.principal;
    record.host = acl.host;
    record.operation = static_cast<std::int8_t>(acl.operation);
    record.permission_type = static_cast<std::int8_t>(acl.permission);
    return record;
}

DeleteAclsResponse::DeleteAclsMatchingAcl matching(const AccessControlEntryRecord& record) {
    DeleteAclsResponse::DeleteAclsMatchingAcl acl;
    acl.error_message.reset();
    acl.resource_type = record.resource_type;
    acl.resource_name = record.resource_name;
    acl.pattern_type = record.pattern_type;
    acl.principal = record.principal;
    acl.host = record.host;
    acl.operation = record.operation;
    acl.permission_type = record.permission_type;
    return acl;
}

Expected<void> validate_filter(const AclFilter& filter) {
    if (filter.type == ResourceType::unknown || filter.pattern == PatternType::unknown) {
        return fail(ErrorCode::invalid_request, "Unknown patternFilter.");
    }
    if (filter.operation == AclOperation::unknown || filter.permission == Permission::unknown) {
        return fail(ErrorCode::invalid_request, "Unknown entryFilter.");
    }
    return {};
}

}  // namespace

Acl acl_of(const AccessControlEntryRecord& record) {
    return {
        resource_type(record.resource_type),
        pattern_type(record.pattern_type),
        record.resource_name,
        record.principal,
        record.host,
        acl_operation(record.operation),
        permission(record.permission_type),
        record.id
    };
}

Decision<CreateAclsResponse> create_acls(const Situation& situation, const CreateAclsRequest& request) {
    CreateAclsResponse reply;
    std::set<Acl> missing;
    for (const auto& creation : request.creations) {
        Acl acl = wanted_acl(creation);
        if (is_for_filters(acl)) {
            const Error error{
                ErrorCode::invalid_request, "An access rule must name one type, pattern, operation and permission."
            };
            return {{}, refuse_creations(request, error)};
        }
        auto& result = reply.results.emplace_back();
        if (const auto valid = validate_new(acl); valid) {
            missing.insert(std::move(acl));
        } else {
            result.error_code = valid.error().code;
            result.error_message = valid.error().detail;
        }
    }
    for (const auto& [id, record] : situation.image.security.acls()) {
        if (missing.empty()) {
            break;
        }
        Acl known = acl_of(*record);
        known.id = {};
        missing.erase(known);
    }
    if (missing.size() > most_records_of_a_request) {
        return {{}, refuse_creations(request, {ErrorCode::policy_violation, std::string(too_many_acls)})};
    }
    Draft draft(situation.image);
    for (const Acl& acl : missing) {
        draft.append(record_of(acl, situation.random.uuid()));
    }
    return {std::move(draft).take(), std::move(reply)};
}

Decision<DeleteAclsResponse> delete_acls(const Situation& situation, const DeleteAclsRequest& request) {
    DeleteAclsResponse reply;
    std::set<Uuid> gone;
    for (const auto& wanted : request.filters) {
        const AclFilter filter = filter_of(wanted);
        auto& result = reply.filter_results.emplace_back();
        result.error_message.reset();
        if (const auto valid = validate_filter(filter); !valid) {
            result.error_code = valid.error().code;
            result.error_message = valid.error().detail;
            continue;
        }
        for (const auto& [id, record] : situation.image.security.acls()) {
            if (filter.matches(acl_of(*record))) {
                result.matching_acls.push_back(matching(*record));
                gone.insert(id);
            }
        }
    }
    if (gone.size() > most_records_of_a_request) {
        return {{}, refuse_filters(request, {ErrorCode::policy_violation, std::string(too_many_acls)})};
    }
    Draft draft(situation.image);
    for (const Uuid& id : gone) {
        RemoveAccessControlEntryRecord record;
        record.id = id;
        draft.append(std::move(record));
    }
    return {std::move(draft).take(), std::move(reply)};
}

}  // namespace barnabas
