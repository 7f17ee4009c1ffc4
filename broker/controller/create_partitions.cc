#include <algorithm>
#include <set>

#include "controller/replica_assignment.h"
#include "controller/topic_requests.h"
#include "metadata/features_image.h"

namespace barnabas {
namespace {

using PartitionsWish = CreatePartitionsRequest::CreatePartitionsTopic;

Expected<void> check_count(const TopicImage& topic, const PartitionsWish& wish) {
    const auto before = static_cast<std::int32_t>(topic.partitions.size());
    if (wish.count == before) {
        return fail(ErrorCode::invalid_partitions, fmt::format("Topic already has {} partition(s).", before));
    }
    if (wish.count < before) {
        return fail(
            ErrorCode::invalid_partitions,
            fmt::format(
                "The topic {} currently has {} partition(s); {} would not be an increase.", wish.name, before,
                wish.count
            )
        );
    }
    const auto added = static_cast<std::size_t>(wish.count - before);
    if (wish.assignments && wish.assignments->size() != added) {
        return fail(
            ErrorCode::invalid_replica_assignment,
            fmt::format(
                "Attempted to add {} additional partition(s), but only {} assignment(s) were specified.", added,
                wish.assignments->size()
            )
        );
    }
    if (added > most_records_of_a_request) {
        return fail(ErrorCode::policy_violation, "Excessively large number of partitions per request.");
    }
    return {};
}

Expected<void> add_partitions(Draft& draft, const Situation& situation, const PartitionsWish& wish) {
    const TopicImage* topic = draft.image().topics.find(wish.name);
    if (!topic) {
        return fail(ErrorCode::unknown_topic_or_partition, {});
    }
    if (auto checked = check_count(*topic, wish); !checked) {
        return checked;
    }
    const std::size_t added = static_cast<std::size_t>(wish.count) - topic->partitions.size();
    if (auto charged = situation.charge(added); !charged) {
        return charged;
    }
    const std::size_t replication_factor = topic->partitions.begin()->value->replicas.size();
    const TopicId topic_id = topic->id;
    const auto before = static_cast<std::int32_t>(topic->partitions.size());
    ReplicaPlacement placement(draft.image().cluster, situation.random);
    for (PartitionId id{before}; id.value < wish.count; ++id.value) {
        const ClusterImage& cluster = draft.image().cluster;
        std::vector<NodeId> replicas;
        if (wish.assignments) {
            replicas = to_nodes((*wish.assignments)[static_cast<std::size_t>(id.value - before)].broker_ids);
            if (auto checked = check_assignment(cluster, replicas, replication_factor); !checked) {
                return checked;
            }
        } else {
            auto placed = placement.place(static_cast<std::int16_t>(replication_factor));
            if (!placed) {
                return std::unexpected(placed.error());
            }
            replicas = *std::move(placed);
        }
        const auto partition = new_partition(cluster, id, std::move(replicas));
        if (!partition) {
            return std::unexpected(partition.error());
        }
        draft.append(partition->record(topic_id, id, record_version::partition(draft.metadata_version())));
    }
    return {};
}

}  // namespace

Decision<CreatePartitionsResponse> create_partitions(
    const Situation& situation, const CreatePartitionsRequest& request
) {
    CreatePartitionsResponse reply;
    Draft draft(situation.image);
    std::multiset<std::string_view> names;
    for (const PartitionsWish& wish : request.topics) {
        names.insert(wish.name);
    }
    for (auto name = names.begin(); name != names.end(); name = names.upper_bound(*name)) {
        auto& result = reply.results.emplace_back();
        result.name = *name;
        if (names.count(*name) > 1) {
            result.error_code = ErrorCode::invalid_request;
            result.error_message = "Duplicate topic name.";
            continue;
        }
        Draft attempt(draft.image());
        const auto added =
            add_partitions(attempt, situation, *std::ranges::find(request.topics, *name, &PartitionsWish::name));
        if (added) {
            draft.merge(std::move(attempt));
            continue;
        }
        result.error_code = added.error().code;
        if (!added.error().detail.empty()) {
            result.error_message = added.error().detail;
        }
    }
    return {request.validate_only ? MetadataRecords() : std::move(draft).take(), std::move(reply)};
}

}  // namespace barnabas
