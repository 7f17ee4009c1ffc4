#include "client/assignor.h"

#include <algorithm>

#include "protocol/client_data.h"

namespace barnabas {

namespace {

/// Static members come first, by their instance id, then the others by their member id: an order that a restart of a
/// static member does not change.
std::vector<const GroupMember*> in_order(std::span<const GroupMember> members) {
    std::vector<const GroupMember*> sorted;
    for (const GroupMember& member : members) {
        sorted.push_back(&member);
    }
    std::ranges::sort(sorted, [](const GroupMember* left, const GroupMember* right) {
        if (left->instance_id.has_value() != right->instance_id.has_value()) {
            return left->instance_id.has_value();
        }
        return left->instance_id ? *left->instance_id < *right->instance_id : left->id < right->id;
    });
    return sorted;
}

bool subscribes(const GroupMember& member, const std::string& topic) {
    return std::ranges::find(member.topics, topic) != member.topics.end();
}

/// A message of the "consumer" protocol stands behind its version.
template <Message M>
Bytes with_version(const M& message) {
    Writer writer;
    writer.integer(M::versions.last);
    message.write(writer, M::versions.last);
    return std::move(writer.bytes());
}

template <Message M>
Expected<M> without_version(BytesView bytes) {
    Reader reader(bytes);
    const auto version = reader.integer<std::int16_t>();
    if (reader.failed() || version < 0) {
        return fail(ErrorCode::inconsistent_group_protocol, "the member's metadata has no version");
    }
    // A newer version only adds at the end.
    return decode<M>(reader.rest(), std::min(version, M::versions.last));
}

template <class List>
void append(List& list, std::span<const TopicPartition> partitions) {
    for (const TopicPartition& partition : partitions) {
        auto found = std::ranges::find_if(list, [&](const auto& each) { return each.topic == partition.topic; });
        if (found == list.end()) {
            list.emplace_back().topic = partition.topic;
            found = std::prev(list.end());
        }
        found->partitions.push_back(partition.partition.value);
    }
}

}  // namespace

GroupAssignment assign_ranges(std::span<const GroupMember> members, const PartitionCounts& counts) {
    GroupAssignment assignment;
    for (const GroupMember& member : members) {
        assignment[member.id];
    }
    const auto ordered = in_order(members);
    for (const auto& [topic, count] : counts) {
        std::vector<const GroupMember*> takers;
        std::ranges::copy_if(ordered, std::back_inserter(takers), [&](const auto* each) {
            return subscribes(*each, topic);
        });
        std::int32_t next = 0;
        for (std::size_t i = 0; i < takers.size(); ++i) {
            const auto among = static_cast<std::int32_t>(takers.size());
            const std::int32_t share = count / among + (static_cast<std::int32_t>(i) < count % among ? 1 : 0);
            for (std::int32_t k = 0; k < share; ++k) {
                assignment[takers[i]->id].push_back({topic, {next++}});
            }
        }
    }
    return assignment;
}

GroupAssignment assign_round_robin(std::span<const GroupMember> members, const PartitionCounts& counts) {
    GroupAssignment assignment;
    for (const GroupMember& member : members) {
        assignment[member.id];
    }
    const auto ordered = in_order(members);
    std::size_t turn = 0;
    for (const auto& [topic, count] : counts) {
        if (std::ranges::none_of(ordered, [&](const auto* each) { return subscribes(*each, topic); })) {
            continue;
        }
        for (std::int32_t partition = 0; partition < count; ++partition) {
            while (!subscribes(*ordered[turn % ordered.size()], topic)) {
                ++turn;
            }
            assignment[ordered[turn++ % ordered.size()]->id].push_back({topic, {partition}});
        }
    }
    return assignment;
}

Bytes encode_subscription(const std::vector<std::string>& topics, std::span<const TopicPartition> owned) {
    ConsumerProtocolSubscription subscription;
    subscription.topics = topics;
    append(subscription.owned_partitions, owned);
    return with_version(subscription);
}

Expected<std::vector<std::string>> decode_subscription(BytesView bytes) {
    auto subscription = without_version<ConsumerProtocolSubscription>(bytes);
    if (!subscription) {
        return std::unexpected(std::move(subscription).error());
    }
    return std::move(subscription->topics);
}

Bytes encode_assignment(std::span<const TopicPartition> partitions) {
    ConsumerProtocolAssignment assignment;
    append(assignment.assigned_partitions, partitions);
    return with_version(assignment);
}

Expected<std::vector<TopicPartition>> decode_assignment(BytesView bytes) {
    std::vector<TopicPartition> partitions;
    if (bytes.empty()) {
        return partitions;
    }
    const auto assignment = without_version<ConsumerProtocolAssignment>(bytes);
    if (!assignment) {
        return std::unexpected(assignment.error());
    }
    for (const auto& topic : assignment->assigned_partitions) {
        for (const std::int32_t partition : topic.partitions) {
            partitions.push_back({topic.topic, {partition}});
        }
    }
    return partitions;
}

}  // namespace barnabas
