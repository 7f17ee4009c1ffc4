#include "cli/group_description.h"

#include <fmt/format.h>

#include "cli/java_order.h"
#include "client/assignor.h"
#include "protocol/consumer_group_describe.h"
#include "protocol/describe_groups.h"
#include "protocol/list_groups.h"

namespace barnabas {

namespace {

std::vector<TopicPartition> partitions_of(const ConsumerGroupDescribeResponse::Assignment& assignment) {
    std::vector<TopicPartition> partitions;
    for (const auto& topic : assignment.topic_partitions) {
        for (const std::int32_t partition : topic.partitions) {
            partitions.push_back({topic.topic_name, {partition}});
        }
    }
    return partitions;
}

GroupDescription from_classic(const DescribeGroupsResponse::DescribedGroup& row) {
    GroupDescription group;
    group.id = row.group_id;
    group.state = row.group_state;
    group.assignor = row.protocol_data;
    for (const auto& each : row.members) {
        MemberDescription member;
        member.id = each.member_id;
        member.instance_id = each.group_instance_id;
        member.host = each.client_host;
        member.client_id = each.client_id;
        // Bytes of another protocol say nothing of partitions.
        member.assignment = decode_assignment(each.member_assignment).value_or(std::vector<TopicPartition>());
        group.members.push_back(std::move(member));
    }
    return group;
}

GroupDescription from_consumer(const ConsumerGroupDescribeResponse::DescribedGroup& row) {
    GroupDescription group;
    group.id = row.group_id;
    group.state = row.group_state;
    group.assignor = row.assignor_name;
    group.epoch = row.group_epoch;
    group.target_epoch = row.assignment_epoch;
    for (const auto& each : row.members) {
        MemberDescription member;
        member.id = each.member_id;
        member.instance_id = each.instance_id;
        member.host = each.client_host;
        member.client_id = each.client_id;
        member.assignment = partitions_of(each.assignment);
        member.epoch = each.member_epoch;
        member.target_epoch = row.assignment_epoch;
        member.target = partitions_of(each.target_assignment);
        member.upgraded = each.member_type == -1 ? std::nullopt : std::optional(each.member_type == 1);
        group.members.push_back(std::move(member));
    }
    return group;
}

/// Nothing where the group is not one of the new protocol, or the cluster has none.
Expected<std::optional<GroupDescription>> describe_consumer(ToolSession& session, const std::string& id) {
    ConsumerGroupDescribeRequest request;
    request.group_ids = {id};
    auto& cluster = session.cluster();
    const auto reply =
        session.wait(cluster.ask_coordinator<ConsumerGroupDescribeResponse>(CoordinatorKind::group, id, request));
    if (!reply) {
        if (reply.error().code == ErrorCode::unsupported_version) {
            return std::nullopt;
        }
        return std::unexpected(reply.error());
    }
    const auto& row = reply->message.groups.front();
    if (row.error_code == ErrorCode::group_id_not_found || row.error_code == ErrorCode::unsupported_version) {
        return std::nullopt;
    }
    if (row.error_code != ErrorCode::none) {
        return fail(row.error_code, words_of(row.error_code, row.error_message));
    }
    return from_consumer(row);
}

Expected<GroupDescription> describe_classic(ToolSession& session, const std::string& id) {
    DescribeGroupsRequest request;
    request.groups = {id};
    auto& cluster = session.cluster();
    const auto reply =
        session.wait(cluster.ask_coordinator<DescribeGroupsResponse>(CoordinatorKind::group, id, request));
    if (!reply) {
        return std::unexpected(reply.error());
    }
    const auto& row = reply->message.groups.front();
    if (row.error_code != ErrorCode::none) {
        return fail(row.error_code, words_of(row.error_code, row.error_message));
    }
    return from_classic(row);
}

/// As Apache's tools print a group's type.
std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
        text.front() = static_cast<char>(text.front() & ~0x20);
    }
    return text;
}

}  // namespace

std::expected<std::vector<GroupListing>, std::string> list_groups(
    ToolSession& session, const std::vector<std::string>& states, const std::vector<std::string>& types
) {
    ClusterClient& cluster = session.cluster();
    if (auto refreshed = session.wait(cluster.refresh(std::vector<std::string>())); !refreshed) {
        return std::unexpected(words_of(refreshed.error()));
    }
    ListGroupsRequest request;
    request.states_filter = {states.begin(), states.end()};
    request.types_filter = {types.begin(), types.end()};
    std::vector<GroupListing> groups;
    for (const auto& [broker, endpoint] : std::map(cluster.metadata().brokers())) {
        const auto reply = session.wait(cluster.ask_node<ListGroupsResponse>(broker, request));
        if (!reply) {
            return std::unexpected(words_of(reply.error()));
        }
        if (reply->message.error_code != ErrorCode::none) {
            return std::unexpected(words_of(reply->message.error_code, std::nullopt));
        }
        for (const auto& row : reply->message.groups) {
            if (row.protocol_type.empty() || row.protocol_type == "consumer") {
                groups.push_back({row.group_id, capitalised(row.group_type), row.group_state});
            }
        }
    }
    return java_hash_order(std::move(groups), [](const GroupListing& group) { return java_hash(group.id); });
}

Expected<GroupDescription> describe_group(ToolSession& session, const std::string& id) {
    auto consumer = describe_consumer(session, id);
    if (!consumer) {
        return std::unexpected(consumer.error());
    }
    auto described = *consumer ? Expected<GroupDescription>(**std::move(consumer)) : describe_classic(session, id);
    if (!described) {
        return described;
    }
    ClusterClient& cluster = session.cluster();
    const auto coordinator = session.wait(cluster.coordinator(CoordinatorKind::group, id));
    if (!coordinator) {
        return std::unexpected(coordinator.error());
    }
    described->coordinator_endpoint = (*coordinator)->endpoint();
    if (cluster.metadata().brokers().empty()) {
        if (auto refreshed = session.wait(cluster.refresh(std::vector<std::string>())); !refreshed) {
            return std::unexpected(refreshed.error());
        }
    }
    for (const auto& [broker, endpoint] : cluster.metadata().brokers()) {
        if (endpoint == described->coordinator_endpoint) {
            described->coordinator = broker.value;
        }
    }
    return described;
}

std::string java_exception(ErrorCode code) {
    std::string text = "org.apache.kafka.common.errors.";
    bool upper = true;
    for (const char each : name(code)) {
        if (each == '_') {
            upper = true;
            continue;
        }
        text += upper ? each : static_cast<char>(each | 0x20);
        upper = false;
    }
    return text.ends_with("Exception") ? text : text + "Exception";
}

}  // namespace barnabas
