#include "client/offsets.h"

#include "protocol/offset_commit.h"
#include "protocol/offset_fetch.h"

namespace barnabas {

namespace {

/// Topic names and ids, up to the versions before the ids took the names' place: these need no look-up.
constexpr std::int16_t last_named_commit = 9;
constexpr std::int16_t last_named_fetch = 9;

Task<Expected<void>> refresh_missing(ClusterClient& cluster, const OffsetQueries& queries) {
    std::vector<std::string> topics;
    for (const auto& [partition, timestamp] : queries) {
        if (!cluster.metadata().leader(partition) && (topics.empty() || topics.back() != partition.topic)) {
            topics.push_back(partition.topic);
        }
    }
    if (topics.empty()) {
        co_return Expected<void>();
    }
    co_return co_await cluster.refresh(std::move(topics));
}

ListOffsetsRequest make_request(
    const std::vector<TopicPartition>& partitions, const OffsetQueries& queries, bool read_committed
) {
    ListOffsetsRequest request;
    request.replica_id = -1;
    request.isolation_level = read_committed ? 1 : 0;
    request.timeout_ms = 30'000;
    for (const TopicPartition& partition : partitions) {
        if (request.topics.empty() || request.topics.back().name != partition.topic) {
            request.topics.emplace_back().name = partition.topic;
        }
        auto& row = request.topics.back().partitions.emplace_back();
        row.partition_index = partition.partition.value;
        row.timestamp = queries.at(partition);
    }
    return request;
}

/// One round: asks every leader for what is left, and takes the answers. Answers the last failure that may pass.
Task<Expected<void>> ask_leaders(
    ClusterClient& cluster, OffsetQueries& left, OffsetAnswers& answers, bool read_committed
) {
    if (auto refreshed = co_await refresh_missing(cluster, left); !refreshed) {
        co_return refreshed;
    }
    Expected<void> outcome;
    std::map<NodeId, std::vector<TopicPartition>> by_leader;
    for (const auto& [partition, timestamp] : left) {
        const auto* topic = cluster.metadata().topic(partition.topic);
        if (const auto leader = cluster.metadata().leader(partition)) {
            by_leader[*leader].push_back(partition);
        } else {
            const bool there = topic != nullptr && topic->partitions.contains(partition.partition);
            const ErrorCode code = topic != nullptr && topic->error != ErrorCode::none ? topic->error
                                   : there                                             ? ErrorCode::leader_not_available
                                           : ErrorCode::unknown_topic_or_partition;
            answers[partition].error_code = code;
            outcome = fail(code, partition.text() + ": " + std::string(text(code)));
        }
    }
    for (const auto& [leader, partitions] : by_leader) {
        const ListOffsetsRequest request = make_request(partitions, left, read_committed);
        auto node = co_await cluster.node(leader);
        auto reply = node ? co_await (*node)->call<ListOffsetsResponse>(request) : std::unexpected(node.error());
        if (!reply) {
            for (const TopicPartition& partition : partitions) {
                cluster.metadata().forget_leader(partition);
            }
            outcome = std::unexpected(std::move(reply).error());
            continue;
        }
        for (const auto& topic : (*reply)->topics) {
            for (const auto& row : topic.partitions) {
                const TopicPartition partition{topic.name, {row.partition_index}};
                answers[partition] = row;
                if (retriable(row.error_code)) {
                    cluster.metadata().forget_leader(partition);
                    outcome = fail(row.error_code, partition.text() + ": " + std::string(text(row.error_code)));
                } else {
                    left.erase(partition);
                }
            }
        }
    }
    co_return outcome;
}

}  // namespace

Task<Expected<OffsetAnswers>> list_offsets(ClusterClient& cluster, OffsetQueries queries, bool read_committed) {
    OffsetAnswers answers;
    for (Retry retry(cluster.deadline(), cluster.options().retry_backoff);;) {
        auto round = co_await ask_leaders(cluster, queries, answers, read_committed);
        if (round) {
            co_return answers;
        }
        if (!co_await retry.after(round.error())) {
            // Partitions that do not answer keep their own errors; a failure of the whole is one.
            if (answers.empty()) {
                co_return std::unexpected(std::move(round).error());
            }
            for (const auto& [partition, timestamp] : queries) {
                if (auto& answer = answers[partition]; answer.error_code == ErrorCode::none) {
                    answer.error_code = round.error().code;
                }
            }
            co_return answers;
        }
    }
}

Task<Expected<std::map<TopicPartition, FetchedOffset>>> fetch_committed(
    ClusterClient& cluster, std::string group, std::optional<std::vector<TopicPartition>> partitions
) {
    OffsetFetchRequest request;
    request.group_id = group;
    auto& row = request.groups.emplace_back();
    row.group_id = group;
    request.topics.reset();
    row.topics.reset();
    if (partitions) {
        request.topics.emplace();
        row.topics.emplace();
        for (const TopicPartition& partition : *partitions) {
            if (row.topics->empty() || row.topics->back().name != partition.topic) {
                row.topics->emplace_back().name = partition.topic;
                request.topics->emplace_back().name = partition.topic;
            }
            row.topics->back().partition_indexes.push_back(partition.partition.value);
            request.topics->back().partition_indexes.push_back(partition.partition.value);
        }
    }
    auto reply = co_await cluster.ask_coordinator<OffsetFetchResponse>(
        CoordinatorKind::group, group, request, {last_named_fetch, std::chrono::milliseconds(0)}
    );
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    std::map<TopicPartition, FetchedOffset> committed;
    ErrorCode code = (*reply)->error_code;
    const auto take = [&](const auto& topics) {
        for (const auto& topic : topics) {
            for (const auto& each : topic.partitions) {
                if (each.error_code != ErrorCode::none) {
                    code = each.error_code;
                } else if (each.committed_offset >= 0) {
                    committed[{topic.name, {each.partition_index}}] = {
                        {each.committed_offset}, {each.committed_leader_epoch}, each.metadata.value_or("")
                    };
                }
            }
        }
    };
    take((*reply)->topics);
    for (const auto& each : (*reply)->groups) {
        code = each.error_code;
        take(each.topics);
    }
    if (code != ErrorCode::none) {
        co_return fail(code, std::string(text(code)));
    }
    co_return committed;
}

Task<Expected<std::map<TopicPartition, ErrorCode>>> commit_offsets(
    ClusterClient& cluster, CommitIdentity identity, std::map<TopicPartition, FetchedOffset> offsets
) {
    OffsetCommitRequest request;
    request.group_id = identity.group;
    request.member_id = identity.member_id;
    request.generation_id_or_member_epoch = identity.generation;
    if (identity.instance_id) {
        request.group_instance_id = *identity.instance_id;
    }
    for (const auto& [partition, committed] : offsets) {
        if (request.topics.empty() || request.topics.back().name != partition.topic) {
            request.topics.emplace_back().name = partition.topic;
        }
        auto& row = request.topics.back().partitions.emplace_back();
        row.partition_index = partition.partition.value;
        row.committed_offset = committed.offset.value;
        row.committed_leader_epoch = committed.epoch.value;
        row.committed_metadata = committed.metadata;
    }
    auto reply = co_await cluster.ask_coordinator<OffsetCommitResponse>(
        CoordinatorKind::group, identity.group, request, {last_named_commit, std::chrono::milliseconds(0)}
    );
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    std::map<TopicPartition, ErrorCode> outcomes;
    for (const auto& topic : (*reply)->topics) {
        for (const auto& row : topic.partitions) {
            outcomes[{topic.name, {row.partition_index}}] = row.error_code;
        }
    }
    co_return outcomes;
}

}  // namespace barnabas
