#include "coordinator/group_lag.h"

#include <algorithm>

#include "replica/replica_manager.h"

namespace barnabas {

GroupLag::GroupLag(Metrics& metrics, GroupCoordinator& groups, const ReplicaManager& replicas)
    : registration_(metrics.sample([&](Samples& samples) { report(samples, groups, replicas); })) {}

void GroupLag::report(Samples& samples, GroupCoordinator& groups, const ReplicaManager& replicas) {
    struct Committed {
        std::string group;
        std::string topic;
        PartitionId partition;
        Offset offset;
    };
    std::vector<Committed> all;  // copied, so that no group waits while partitions are looked up
    groups.for_each_offset([&](std::string_view group, std::string_view topic, PartitionId partition, Offset offset) {
        all.push_back({std::string(group), std::string(topic), partition, offset});
    });
    for (const Committed& one : all) {
        const std::string partition = std::to_string(one.partition.value);
        samples.add(
            Metric::group_committed_offset, {one.group, one.topic, partition}, static_cast<double>(one.offset.value)
        );
        const auto replica = replicas.find(one.topic, one.partition);
        if (replica && (*replica)->hosted()) {
            const Offset end = (*replica)->hosted()->log->high_watermark();
            const std::int64_t lag = std::max<std::int64_t>(end - one.offset, 0);
            samples.add(Metric::group_lag, {one.group, one.topic, partition}, static_cast<double>(lag));
        }
    }
}

}  // namespace barnabas
