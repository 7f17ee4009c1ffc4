#include <algorithm>
#include <set>

#include "config/alter.h"
#include "config/describe.h"
#include "controller/replica_assignment.h"
#include "controller/topic_requests.h"
#include "metadata/features_image.h"
#include "model/internal_topics.h"
#include "model/topic_name.h"

namespace barnabas {
namespace {

using TopicWish = CreateTopicsRequest::CreatableTopic;
using TopicResult = CreateTopicsResponse::CreatableTopicResult;

class TopicCreation {
public:
    TopicCreation(const Situation& situation, Draft& draft, const TopicWish& wish)
        : situation_(situation), draft_(draft), wish_(wish) {}

    /// Appends the records to the draft, and answers the topic as it will be.
    Expected<TopicResult> decide() {
        if (auto checked = check_name(); !checked) {
            return std::unexpected(checked.error());
        }
        if (auto checked = read_configs(); !checked) {
            return std::unexpected(checked.error());
        }
        auto partitions = wish_.assignments.empty() ? place() : take_assignments();
        if (!partitions) {
            return std::unexpected(partitions.error());
        }
        if (auto charged = situation_.charge(partitions->size()); !charged) {
            return std::unexpected(charged.error());
        }
        return append(*partitions);
    }

private:
    using Partitions = std::map<PartitionId, PartitionRegistration>;

    [[nodiscard]] Expected<void> check_name() const {
        const std::string_view name = wish_.name;
        if (auto valid = validate_topic_name(name); !valid) {
            return valid;
        }
        if (draft_.image().topics.find(name)) {
            return fail(ErrorCode::topic_already_exists, fmt::format("Topic '{}' already exists.", name));
        }
        if (name.find_first_of("._") == std::string_view::npos) {
            return {};
        }
        // Among those that were there before the request, as Kafka does.
        for (const auto& [other, id] : situation_.image.topics.by_name()) {
            if (topic_names_collide(name, other)) {
                return fail(
                    ErrorCode::invalid_topic_exception,
                    fmt::format("Topic '{}' collides with existing topic: {}", name, other)
                );
            }
        }
        return {};
    }

    [[nodiscard]] Expected<void> read_configs() {
        std::vector<std::string_view> nulls;
        for (const auto& each : wish_.configs) {
            if (each.value) {
                configs_.insert_or_assign(std::string(each.name), std::string(*each.value));
            } else {
                nulls.push_back(each.name);
            }
        }
        if (!nulls.empty()) {
            return fail(
                ErrorCode::invalid_config,
                fmt::format("Null value not supported for topic configs: {}", fmt::join(nulls, ","))
            );
        }
        return validate_topic_config(*situation_.config.get(), configs_);
    }

    [[nodiscard]] Expected<Partitions> take_assignments() const {
        if (wish_.replication_factor != -1) {
            return fail(
                ErrorCode::invalid_request,
                "A manual partition assignment was specified, but replication factor was not set to -1."
            );
        }
        if (wish_.num_partitions != -1) {
            return fail(
                ErrorCode::invalid_request,
                "A manual partition assignment was specified, but numPartitions was not set to -1."
            );
        }
        Partitions partitions;
        std::optional<std::size_t> replication_factor;
        for (const auto& each : wish_.assignments) {
            const PartitionId id{each.partition_index};
            if (partitions.contains(id)) {
                return fail(
                    ErrorCode::invalid_replica_assignment,
                    fmt::format("Found multiple manual partition assignments for partition {}", id.value)
                );
            }
            std::vector<NodeId> replicas = to_nodes(each.broker_ids);
            const ClusterImage& cluster = draft_.image().cluster;
            if (auto checked = check_assignment(cluster, replicas, replication_factor); !checked) {
                return std::unexpected(checked.error());
            }
            replication_factor = replicas.size();
            auto partition = new_partition(cluster, id, std::move(replicas));
            if (!partition) {
                return std::unexpected(partition.error());
            }
            partitions.emplace(id, *std::move(partition));
        }
        if (partitions.rbegin()->first.value != static_cast<std::int32_t>(partitions.size()) - 1 ||
            partitions.begin()->first.value != 0) {
            return fail(
                ErrorCode::invalid_replica_assignment, "partitions should be a consecutive 0-based integer sequence"
            );
        }
        return partitions;
    }

    [[nodiscard]] Expected<Partitions> place() const {
        if (wish_.replication_factor < -1 || wish_.replication_factor == 0) {
            return fail(
                ErrorCode::invalid_replication_factor,
                "Replication factor must be larger than 0, or -1 to use the default value."
            );
        }
        if (wish_.num_partitions < -1 || wish_.num_partitions == 0) {
            return fail(
                ErrorCode::invalid_partitions, "Number of partitions was set to an invalid non-positive value."
            );
        }
        const auto config = situation_.config.get();
        const std::int32_t count = wish_.num_partitions == -1 ? config->num_partitions : wish_.num_partitions;
        const auto replication_factor = wish_.replication_factor == -1
                                            ? static_cast<std::int16_t>(config->default_replication_factor)
                                            : wish_.replication_factor;
        ReplicaPlacement placement(draft_.image().cluster, situation_.random);
        Partitions partitions;
        for (PartitionId id{0}; id.value < count; ++id.value) {
            const auto impossible = [&](std::string_view why) {
                return fail(
                    ErrorCode::invalid_replication_factor,
                    fmt::format("Unable to replicate the partition {} time(s): {}", replication_factor, why)
                );
            };
            auto replicas = placement.place(replication_factor);
            if (!replicas) {
                return impossible(replicas.error().detail);
            }
            auto partition = new_partition(draft_.image().cluster, id, *std::move(replicas));
            if (!partition) {
                return impossible("All brokers are currently fenced or in controlled shutdown.");
            }
            partitions.emplace(id, *std::move(partition));
        }
        return partitions;
    }

    [[nodiscard]] TopicResult append(const Partitions& partitions) {
        TopicRecord topic;
        topic.name = wish_.name;
        topic.topic_id = new_topic_id();
        draft_.append(topic);
        // Settings stand before the partitions, so that who makes the partitions knows them.
        for (const auto& [key, value] : configs_) {
            ConfigRecord record;
            record.resource_type = static_cast<std::int8_t>(ConfigResourceType::topic);
            record.resource_name = topic.name;
            record.name = key;
            record.value = value;
            draft_.append(std::move(record));
        }
        for (const auto& [id, partition] : partitions) {
            PartitionRegistration registration = partition;
            draft_.append(registration.record(topic.topic_id, id, record_version::partition(draft_.metadata_version()))
            );
        }
        return describe(topic, partitions);
    }

    [[nodiscard]] TopicId new_topic_id() const {
        TopicId id = situation_.random.uuid();
        while (id.reserved() || draft_.image().topics.find(id)) {
            id = situation_.random.uuid();
        }
        return id;
    }

    [[nodiscard]] TopicResult describe(const TopicRecord& topic, const Partitions& partitions) const {
        TopicResult result;
        result.name = topic.name;
        result.topic_id = topic.topic_id;
        result.error_message.reset();
        result.num_partitions = static_cast<std::int32_t>(partitions.size());
        result.replication_factor = static_cast<std::int16_t>(partitions.begin()->second.replicas.size());
        const ConfigsImage& configs = draft_.image().configs;
        const auto effective = situation_.config.get();
        const ConfigLayers layers{
            situation_.config.node(), configs.entries(all_brokers_target()),
            configs.entries(broker_target({effective->node_id})), *effective
        };
        for (DescribedConfig& each : describe_topic(layers, configs_)) {
            auto& written = result.configs->emplace_back();
            written.name = std::move(each.name);
            written.value = std::move(each.value);
            written.read_only = each.read_only;
            written.config_source = static_cast<std::int8_t>(each.source);
            written.is_sensitive = each.sensitive;
        }
        return result;
    }

    const Situation& situation_;
    Draft& draft_;
    const TopicWish& wish_;
    ConfigEntries configs_;
};

TopicResult refused(std::string_view name, const Error& error) {
    TopicResult result;
    result.name = name;
    result.error_code = error.code;
    result.error_message = error.detail.empty() ? std::nullopt : std::optional(error.detail);
    return result;
}

std::size_t count_partitions(const Situation& situation, const CreateTopicsRequest& request) {
    std::size_t count = 0;
    for (const TopicWish& wish : request.topics) {
        if (!wish.assignments.empty()) {
            count += wish.assignments.size();
        } else {
            const std::int32_t each =
                wish.num_partitions == -1 ? situation.config.get()->num_partitions : wish.num_partitions;
            count += static_cast<std::size_t>(std::max(each, 0));
        }
    }
    return count;
}

/// Why a topic is not looked at at all.
std::optional<Error> refused_at_once(const std::multiset<std::string_view>& names, const TopicWish& wish) {
    if (names.count(wish.name) > 1) {
        return Error{ErrorCode::invalid_request, "Duplicate topic name."};
    }
    if (wish.name == cluster_metadata_topic) {
        return Error{
            ErrorCode::invalid_request,
            fmt::format("Creation of internal topic {} is prohibited.", cluster_metadata_topic)
        };
    }
    return std::nullopt;
}

}  // namespace

Decision<CreateTopicsResponse> create_topics(const Situation& situation, const CreateTopicsRequest& request) {
    CreateTopicsResponse reply;
    Draft draft(situation.image);
    std::multiset<std::string_view> names;
    for (const TopicWish& wish : request.topics) {
        names.insert(wish.name);
    }
    const bool too_many = count_partitions(situation, request) > most_records_of_a_request;
    for (auto name = names.begin(); name != names.end(); name = names.upper_bound(*name)) {
        const TopicWish& wish = *std::ranges::find(request.topics, *name, &TopicWish::name);
        if (const auto error = refused_at_once(names, wish)) {
            reply.topics.push_back(refused(wish.name, *error));
            continue;
        }
        if (too_many) {
            reply.topics.push_back(
                refused(wish.name, {ErrorCode::policy_violation, "Excessively large number of partitions per request."})
            );
            continue;
        }
        Draft attempt(draft.image());
        auto result = TopicCreation(situation, attempt, wish).decide();
        if (result) {
            draft.merge(std::move(attempt));
        }
        reply.topics.push_back(result ? *std::move(result) : refused(wish.name, result.error()));
    }
    return {request.validate_only ? MetadataRecords() : std::move(draft).take(), std::move(reply)};
}

}  // namespace barnabas
