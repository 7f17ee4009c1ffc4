#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "security/authorizer.h"

namespace barnabas {

class AccessControl;
struct RequestContext;

/// What an answer holds when the client did not ask for the authorized operations (KIP-430).
inline constexpr std::int32_t operations_not_asked = INT32_MIN;

/// The name of the one resource of type `cluster`.
inline constexpr std::string_view cluster_resource = "kafka-cluster";

/// What the principal of one request may do, by the rules of the moment at which this was made: everything where no
/// authorizer is configured, which costs nothing. `context` outlives it.
class AccessRights {
public:
    /// Whether a decision is told to the audit log. Kafka keeps quiet about what only decides what a client sees.
    enum class Audit : bool { no, yes };

    explicit AccessRights(const RequestContext& context);

    [[nodiscard]] bool allows(
        AclOperation operation, ResourceType type, std::string_view resource, Audit audit = Audit::yes
    ) const {
        return !authorizer_ || decide(operation, type, resource, audit);
    }
    [[nodiscard]] bool allows_topic(AclOperation operation, std::string_view topic, Audit audit = Audit::yes) const {
        return allows(operation, ResourceType::topic, topic, audit);
    }
    [[nodiscard]] bool allows_group(AclOperation operation, std::string_view group, Audit audit = Audit::yes) const {
        return allows(operation, ResourceType::group, group, audit);
    }
    [[nodiscard]] bool allows_cluster(AclOperation operation, Audit audit = Audit::yes) const {
        return allows(operation, ResourceType::cluster, cluster_resource, audit);
    }
    /// Whether there may be a resource of the type on which the operation is allowed (KIP-679).
    [[nodiscard]] bool allows_some(AclOperation operation, ResourceType type) const;

    /// A bit for each operation that is allowed, out of those that the type has, as answers tell them (KIP-430).
    [[nodiscard]] std::int32_t operations(ResourceType type, std::string_view resource) const;

    /// The rules, by which this decides; null where no authorizer is configured.
    [[nodiscard]] const Authorizer* authorizer() const { return authorizer_.get(); }

private:
    [[nodiscard]] bool decide(AclOperation operation, ResourceType type, std::string_view resource, Audit audit) const;

    const RequestContext& context_;
    std::shared_ptr<const Authorizer> authorizer_;
};

/// What a principal is told that may not do something to the cluster.
[[nodiscard]] Error cluster_refusal(AclOperation operation);

/// Why the request may not change access rules; nothing when it may.
[[nodiscard]] std::optional<Error> objection_to_new_rules(const AccessRights& access);

/// What a request about access rules is told where there is no authorizer.
[[nodiscard]] Error no_authorizer();

}  // namespace barnabas
