#include "handlers/access_rights.h"

#include <fmt/format.h>

#include <span>

#include "handlers/access_control.h"
#include "handlers/broker.h"

namespace barnabas {

namespace {

using Op = AclOperation;

constexpr auto topic_operations = std::to_array(
    {Op::read, Op::write, Op::create, Op::remove, Op::alter, Op::describe, Op::describe_configs, Op::alter_configs}
);
constexpr auto group_operations =
    std::to_array({Op::read, Op::remove, Op::describe, Op::describe_configs, Op::alter_configs});
constexpr auto cluster_operations = std::to_array(
    {Op::create, Op::alter, Op::describe, Op::cluster_action, Op::describe_configs, Op::alter_configs,
     Op::idempotent_write}
);

std::span<const AclOperation> operations_of(ResourceType type) {
    switch (type) {
        case ResourceType::topic:
            return topic_operations;
        case ResourceType::group:
            return group_operations;
        case ResourceType::cluster:
            return cluster_operations;
        default:
            return {};
    }
}

AccessQuestion question_of(
    const RequestContext& context, AclOperation operation, ResourceType type, std::string_view resource
) {
    return {context.session.principal, context.session.host(), operation, type, resource};
}

}  // namespace

AccessRights::AccessRights(const RequestContext& context)
    : context_(context), authorizer_(context.broker.access_control.authorizer()) {}

bool AccessRights::decide(AclOperation operation, ResourceType type, std::string_view resource, Audit audit) const {
    const AccessQuestion question = question_of(context_, operation, type, resource);
    const AccessVerdict verdict = authorizer_->authorize(question);
    if (audit == Audit::yes) {
        context_.broker.access_control.tell(context_, question, verdict);
    }
    return verdict.allowed;
}

bool AccessRights::allows_some(AclOperation operation, ResourceType type) const {
    if (!authorizer_) {
        return true;
    }
    const AccessQuestion question = question_of(context_, operation, type, {});
    const AccessVerdict verdict = authorizer_->authorize_any(question);
    context_.broker.access_control.tell(context_, question, verdict);
    return verdict.allowed;
}

Error cluster_refusal(AclOperation operation) {
    return {
        ErrorCode::cluster_authorization_failed,
        fmt::format("The principal has no {} permission on the cluster.", name(operation))
    };
}

std::optional<Error> objection_to_new_rules(const AccessRights& access) {
    if (!access.allows_cluster(AclOperation::alter)) {
        return cluster_refusal(AclOperation::alter);
    }
    return access.authorizer() == nullptr ? std::optional(no_authorizer()) : std::nullopt;
}

Error no_authorizer() {
    return {ErrorCode::security_disabled, "No Authorizer is configured."};
}

std::int32_t AccessRights::operations(ResourceType type, std::string_view resource) const {
    std::int32_t bits = 0;
    for (const AclOperation operation : operations_of(type)) {
        if (allows(operation, type, resource, Audit::no)) {
            bits |= 1 << static_cast<int>(operation);
        }
    }
    return bits;
}

}  // namespace barnabas
