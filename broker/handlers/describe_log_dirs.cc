// DescribeLogDirs (API 35): the log directories of this broker and the partitions in them. Version 4 adds the room on
// the volume (KIP-827).

#include "protocol/describe_log_dirs.h"

#include <filesystem>
#include <map>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "io/background_pool.h"
#include "io/volume.h"
#include "log/log_dirs.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

using DirResult = DescribeLogDirsResponse::DescribeLogDirsResult;
using DirTopic = DescribeLogDirsResponse::DescribeLogDirsTopic;

/// Whether the request asks for this partition: without a list of topics it asks for all.
bool wanted(const DescribeLogDirsRequest& request, const TopicPartition& partition) {
    if (!request.topics) {
        return true;
    }
    return std::ranges::any_of(*request.topics, [&](const auto& topic) {
        return topic.topic == partition.topic &&
               std::ranges::find(topic.partitions, partition.partition.value) != topic.partitions.end();
    });
}

DirResult describe(const Broker& broker, const LogDir& dir, const DescribeLogDirsRequest& request) {
    DirResult result{.error_code = ErrorCode::none, .log_dir = std::filesystem::absolute(dir.path()).string()};
    if (dir.offline()) {
        result.error_code = ErrorCode::kafka_storage_error;
        return result;
    }
    std::map<std::string, DirTopic> topics;
    for (const auto& [partition, bytes] : broker.log_dirs.sizes(dir)) {
        if (!wanted(request, partition)) {
            continue;
        }
        DirTopic& topic = topics[partition.topic];
        topic.name = partition.topic;
        topic.partitions.push_back({.partition_index = partition.partition.value, .partition_size = bytes});
    }
    for (auto& [name, topic] : topics) {
        result.topics.push_back(std::move(topic));
    }
    if (const auto space = volume_space(dir.path())) {
        result.total_bytes = space->total;
        result.usable_bytes = space->usable;
    }
    const auto image = broker.metadata.image();
    const BrokerRegistration* self = image->cluster.broker(broker.node);
    result.is_cordoned = self != nullptr && self->cordoned_directories &&
                         std::ranges::find(*self->cordoned_directories, dir.id()) != self->cordoned_directories->end();
    return result;
}

}  // namespace

Task<DescribeLogDirsResponse> handle(RequestContext& context, DescribeLogDirsRequest request) {
    if (!AccessRights(context).allows_cluster(AclOperation::describe)) {
        co_return DescribeLogDirsResponse{.error_code = ErrorCode::cluster_authorization_failed};
    }
    // The volume is asked on a background thread: a stalled disk must not stall the loop.
    co_return co_await context.broker.background.run([&context, &request] {
        DescribeLogDirsResponse response;
        for (const auto& dir : context.broker.log_dirs.dirs()) {
            response.results.push_back(describe(context.broker, *dir, request));
        }
        return response;
    });
}

}  // namespace barnabas
