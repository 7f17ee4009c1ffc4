#pragma once

#include <string_view>

#include "group/effects.h"
#include "protocol/heartbeat.h"

namespace barnabas {

// Requests of tests, in few words.

struct JoinWords {
    std::string_view group = "g";
    std::string_view member = {};
    std::optional<std::string_view> instance = std::nullopt;
    std::vector<std::string_view> protocols = {"range"};
    std::int32_t session_ms = 10000;
    std::int32_t rebalance_ms = 60000;
    std::string_view type = "consumer";
    BytesView metadata = {};
};

/// A member's metadata that subscribes to `topic`.
inline Bytes subscription_to(std::string_view topic) {
    Writer writer;
    writer.integer<std::int16_t>(1);
    writer.integer<std::int32_t>(1);
    writer.string(topic, false);
    writer.integer<std::int32_t>(-1);
    writer.integer<std::int32_t>(0);
    return flatten(std::move(writer).finish());
}

inline JoinGroupRequest join_request(const JoinWords& words) {
    static const Bytes orders = subscription_to("orders");
    JoinGroupRequest request;
    request.group_id = words.group;
    request.member_id = words.member;
    request.group_instance_id = words.instance;
    request.protocol_type = words.type;
    request.session_timeout_ms = words.session_ms;
    request.rebalance_timeout_ms = words.rebalance_ms;
    for (const std::string_view name : words.protocols) {
        auto& protocol = request.protocols.emplace_back();
        protocol.name = name;
        protocol.metadata = words.metadata.empty() ? BytesView(orders) : words.metadata;
    }
    return request;
}

struct SyncWords {
    std::string_view group = "g";
    std::int32_t generation = 1;
    std::string_view member;
    std::vector<std::pair<std::string_view, std::string_view>> assignments = {};
    std::optional<std::string_view> instance = std::nullopt;
    std::string_view protocol = "range";
    std::string_view type = "consumer";
};

inline SyncGroupRequest sync_request(const SyncWords& words) {
    SyncGroupRequest request;
    request.group_id = words.group;
    request.generation_id = words.generation;
    request.member_id = words.member;
    request.group_instance_id = words.instance;
    request.protocol_type = words.type;
    request.protocol_name = words.protocol;
    for (const auto& [member, assignment] : words.assignments) {
        auto& out = request.assignments.emplace_back();
        out.member_id = member;
        out.assignment = as_bytes(assignment);
    }
    return request;
}

inline HeartbeatRequest heartbeat_request(
    std::int32_t generation, std::string_view member, std::optional<std::string_view> instance = std::nullopt,
    std::string_view group = "g"
) {
    HeartbeatRequest request;
    request.group_id = group;
    request.generation_id = generation;
    request.member_id = member;
    request.group_instance_id = instance;
    return request;
}

inline LeaveGroupRequest leave_request(
    std::vector<std::pair<std::string_view, std::optional<std::string_view>>> members, std::string_view group = "g"
) {
    LeaveGroupRequest request;
    request.group_id = group;
    for (const auto& [id, instance] : members) {
        auto& member = request.members.emplace_back();
        member.member_id = id;
        member.group_instance_id = instance;
    }
    return request;
}

struct CommitWords {
    std::string_view group = "g";
    std::int32_t generation = -1;
    std::string_view member = {};
    std::string_view topic = "orders";
    std::int32_t partition = 0;
    std::int64_t offset = 5;
    std::string_view metadata = {};
    std::int64_t retention_ms = -1;
    std::optional<std::string_view> instance = std::nullopt;
    TopicId topic_id = {};
};

inline OffsetCommitRequest commit_request(const CommitWords& words) {
    OffsetCommitRequest request;
    request.group_id = words.group;
    request.generation_id_or_member_epoch = words.generation;
    request.member_id = words.member;
    request.group_instance_id = words.instance;
    request.retention_time_ms = words.retention_ms;
    auto& topic = request.topics.emplace_back();
    topic.name = words.topic;
    topic.topic_id = words.topic_id;
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = words.partition;
    partition.committed_offset = words.offset;
    partition.committed_metadata = words.metadata;
    return request;
}

/// All topics.
inline OffsetFetchRequest::OffsetFetchRequestGroup fetch_request(std::string_view group = "g") {
    OffsetFetchRequest::OffsetFetchRequestGroup request;
    request.group_id = group;
    request.topics.reset();
    return request;
}

inline OffsetFetchRequest::OffsetFetchRequestGroup fetch_request(
    std::string_view group, std::string_view topic, std::int32_t partition, TopicId id = {}
) {
    auto request = fetch_request(group);
    auto& out = request.topics.emplace().emplace_back();
    out.name = topic;
    out.topic_id = id;
    out.partition_indexes = {partition};
    return request;
}

inline OffsetDeleteRequest delete_request(std::string_view group, std::string_view topic, std::int32_t partition = 0) {
    OffsetDeleteRequest request;
    request.group_id = group;
    auto& out = request.topics.emplace_back();
    out.name = topic;
    out.partitions.emplace_back().partition_index = partition;
    return request;
}

}  // namespace barnabas
