#include "client/group_membership.h"

#include <fmt/format.h>

#include "protocol/heartbeat.h"
#include "protocol/join_group.h"
#include "protocol/leave_group.h"
#include "protocol/sync_group.h"

namespace barnabas {

namespace {

constexpr std::string_view protocol_type = "consumer";
/// The coordinator holds JoinGroup back until all members are there.
constexpr std::chrono::milliseconds join_grace{5'000};

std::string_view name_of(GroupMembership::Assignor assignor) {
    return assignor == GroupMembership::Assignor::range ? "range" : "roundrobin";
}

bool loses_membership(ErrorCode code) {
    return code == ErrorCode::unknown_member_id || code == ErrorCode::illegal_generation ||
           code == ErrorCode::rebalance_in_progress;
}

std::optional<std::string_view> view(const std::optional<std::string>& text) {
    return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

}  // namespace

struct GroupMembership::Joined {
    std::string protocol;
    bool leads = false;
    bool keeps_assignment = false;
    std::vector<GroupMember> members;
};

void GroupMembership::learn(ErrorCode code) {
    if (code == ErrorCode::unknown_member_id) {
        member_id_.clear();
    }
    if (loses_membership(code)) {
        generation_ = -1;
    }
    if (code == ErrorCode::not_coordinator || code == ErrorCode::coordinator_not_available) {
        cluster_.forget_coordinator(CoordinatorKind::group, options_.group);
    }
}

Task<bool> GroupMembership::mends(Retry& retry, const Error& error) {
    learn(error.code);
    if (error.code == ErrorCode::member_id_required || loses_membership(error.code)) {
        co_return true;
    }
    co_return co_await retry.after(error);
}

Task<Expected<std::vector<TopicPartition>>> GroupMembership::join(std::vector<std::string> topics) {
    for (Retry retry(system_clock().now() + options_.rebalance_timeout);;) {
        Error error;
        auto joined = co_await join_once(topics);
        if (joined) {
            auto synced = co_await sync(*std::move(joined));
            if (synced) {
                owned_ = *synced;
                co_return synced;
            }
            error = std::move(synced).error();
        } else {
            error = std::move(joined).error();
        }
        if (!co_await mends(retry, error)) {
            co_return std::unexpected(std::move(error));
        }
    }
}

Task<Expected<GroupMembership::Joined>> GroupMembership::join_once(const std::vector<std::string>& topics) {
    auto to = co_await cluster_.coordinator(CoordinatorKind::group, options_.group);
    if (!to) {
        co_return std::unexpected(std::move(to).error());
    }
    const Bytes subscription = encode_subscription(topics, owned_);
    JoinGroupRequest request;
    request.group_id = options_.group;
    request.session_timeout_ms = static_cast<std::int32_t>(options_.session_timeout.count());
    request.rebalance_timeout_ms = static_cast<std::int32_t>(options_.rebalance_timeout.count());
    request.member_id = member_id_;
    request.group_instance_id = view(options_.instance_id);
    request.protocol_type = protocol_type;
    for (const Assignor assignor : options_.assignors) {
        auto& row = request.protocols.emplace_back();
        row.name = name_of(assignor);
        row.metadata = subscription;
    }
    CallOptions call;
    call.extra_time = options_.rebalance_timeout + join_grace;
    auto reply = co_await (*to)->call<JoinGroupResponse>(request, call);
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    const JoinGroupResponse& response = reply->message;
    if (!response.member_id.empty()) {
        member_id_ = response.member_id;
    }
    if (response.error_code != ErrorCode::none) {
        co_return fail(
            response.error_code, fmt::format("cannot join group {}: {}", options_.group, text(response.error_code))
        );
    }
    generation_ = response.generation_id;
    Joined joined;
    joined.protocol = response.protocol_name.value_or("");
    joined.leads = response.leader == member_id_;
    joined.keeps_assignment = response.skip_assignment;
    for (const auto& member : response.members) {
        auto subscribed = decode_subscription(member.metadata);
        if (!subscribed) {
            co_return std::unexpected(std::move(subscribed).error());
        }
        joined.members.push_back({member.member_id, member.group_instance_id, *std::move(subscribed)});
    }
    co_return joined;
}

Task<Expected<GroupAssignment>> GroupMembership::share_out(const Joined& joined) {
    std::vector<std::string> topics;
    for (const GroupMember& member : joined.members) {
        topics.insert(topics.end(), member.topics.begin(), member.topics.end());
    }
    std::ranges::sort(topics);
    const auto repeated = std::ranges::unique(topics);
    topics.erase(repeated.begin(), repeated.end());
    if (auto refreshed = co_await cluster_.refresh(topics, true); !refreshed) {
        co_return std::unexpected(std::move(refreshed).error());
    }
    PartitionCounts counts;
    for (const std::string& topic : topics) {
        const auto* known = cluster_.metadata().topic(topic);
        if (known != nullptr && known->error == ErrorCode::none) {
            counts[topic] = static_cast<std::int32_t>(known->partitions.size());
        }
    }
    co_return joined.protocol == name_of(Assignor::range) ? assign_ranges(joined.members, counts)
                                                          : assign_round_robin(joined.members, counts);
}

Task<Expected<std::vector<TopicPartition>>> GroupMembership::sync(Joined joined) {
    std::vector<std::pair<std::string, Bytes>> shares;
    if (joined.leads && !joined.keeps_assignment) {
        auto assignment = co_await share_out(joined);
        if (!assignment) {
            co_return std::unexpected(std::move(assignment).error());
        }
        for (const auto& [member, partitions] : *assignment) {
            shares.emplace_back(member, encode_assignment(partitions));
        }
    }
    auto to = co_await cluster_.coordinator(CoordinatorKind::group, options_.group);
    if (!to) {
        co_return std::unexpected(std::move(to).error());
    }
    SyncGroupRequest request;
    request.group_id = options_.group;
    request.generation_id = generation_;
    request.member_id = member_id_;
    request.group_instance_id = view(options_.instance_id);
    request.protocol_type = protocol_type;
    request.protocol_name = joined.protocol;
    for (const auto& [member, bytes] : shares) {
        auto& row = request.assignments.emplace_back();
        row.member_id = member;
        row.assignment = bytes;
    }
    CallOptions call;
    call.extra_time = options_.rebalance_timeout;
    auto reply = co_await (*to)->call<SyncGroupResponse>(request, call);
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    if (const ErrorCode code = (*reply)->error_code; code != ErrorCode::none) {
        co_return fail(code, fmt::format("cannot join group {}: {}", options_.group, text(code)));
    }
    co_return decode_assignment((*reply)->assignment);
}

Task<Expected<bool>> GroupMembership::heartbeat() {
    auto to = co_await cluster_.coordinator(CoordinatorKind::group, options_.group);
    if (!to) {
        // The next heartbeat tries again; the session ends when none of them gets through.
        learn(to.error().code);
        co_return true;
    }
    HeartbeatRequest request;
    request.group_id = options_.group;
    request.generation_id = generation_;
    request.member_id = member_id_;
    request.group_instance_id = view(options_.instance_id);
    const auto reply = co_await (*to)->call<HeartbeatResponse>(request);
    const ErrorCode code = reply ? (*reply)->error_code : reply.error().code;
    learn(code);
    if (code == ErrorCode::none || retriable(code)) {
        co_return true;
    }
    if (loses_membership(code)) {
        co_return false;
    }
    co_return fail(code, fmt::format("group {}: {}", options_.group, text(code)));
}

Task<> GroupMembership::leave() {
    if (member_id_.empty() || options_.instance_id) {
        co_return;
    }
    auto to = co_await cluster_.coordinator(CoordinatorKind::group, options_.group);
    if (!to) {
        co_return;
    }
    LeaveGroupRequest request;
    request.group_id = options_.group;
    request.member_id = member_id_;
    auto& row = request.members.emplace_back();
    row.member_id = member_id_;
    row.reason = "the consumer is being closed";
    // Whether it arrives or not: the session ends either way.
    (void)co_await (*to)->call<LeaveGroupResponse>(request);
    member_id_.clear();
    generation_ = -1;
}

}  // namespace barnabas
