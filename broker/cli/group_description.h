#pragma once

#include "cli/session.h"
#include "client/offsets.h"

namespace barnabas {

/// A member of a group as `consumer-groups --describe` tells it.
struct MemberDescription {
    std::string id;
    std::optional<std::string> instance_id;
    std::string host;
    std::string client_id;
    std::vector<TopicPartition> assignment;
    // Of the new protocol alone (KIP-848):
    std::optional<std::int32_t> epoch;
    std::optional<std::int32_t> target_epoch;
    std::vector<TopicPartition> target;
    std::optional<bool> upgraded;
};

struct GroupDescription {
    std::string id;
    std::string state;
    std::string assignor;
    std::int32_t coordinator = -1;
    HostPort coordinator_endpoint;
    std::optional<std::int32_t> epoch;  ///< of the new protocol
    std::optional<std::int32_t> target_epoch;
    std::vector<MemberDescription> members;
};

/// A group as `consumer-groups --list` tells it.
struct GroupListing {
    std::string id;
    std::string type;
    std::string state;
};

/// The consumer groups that all brokers know, of these states and types, or of any.
std::expected<std::vector<GroupListing>, std::string> list_groups(
    ToolSession& session, const std::vector<std::string>& states, const std::vector<std::string>& types
);

/// Errors name the group. A group that does not exist is the error group_id_not_found.
Expected<GroupDescription> describe_group(ToolSession& session, const std::string& id);

/// The name of the exception that Apache's clients throw for a code.
[[nodiscard]] std::string java_exception(ErrorCode code);

}  // namespace barnabas
