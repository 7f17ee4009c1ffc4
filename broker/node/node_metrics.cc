#include "node/node_metrics.h"

#include "coordinator/group_coordinator.h"
#include "handlers/broker.h"
#include "handlers/quotas.h"
#include "replica/fetch_session.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

void report_partition(Samples& samples, const Partition& partition) {
    const Log& log = *partition.hosted()->log;
    const std::string number = std::to_string(partition.name().partition.value);
    const std::initializer_list<std::string_view> labels{partition.name().topic, number};
    samples.add(Metric::log_start_offset, labels, static_cast<double>(log.log_start().value));
    samples.add(Metric::log_end_offset, labels, static_cast<double>(log.log_end().value));
    samples.add(Metric::high_watermark, labels, static_cast<double>(log.high_watermark().value));
    samples.add(Metric::log_bytes, labels, static_cast<double>(log.size()));
}

void report_partitions(Samples& samples, const ReplicaManager& replicas) {
    int led = 0, offline = 0;
    const auto all = replicas.partitions();
    for (const auto& partition : all) {
        led += partition->leads() ? 1 : 0;
        if (partition->leader_log().has_value()) {
            report_partition(samples, *partition);
        } else if (!partition->hosted() || partition->hosted()->dir->offline()) {
            ++offline;
        }
    }
    samples.add(Metric::partitions, {}, static_cast<double>(all.size()));
    samples.add(Metric::partitions_led, {}, led);
    samples.add(Metric::partitions_offline, {}, offline);
}

/// Lag is told where the partition is led here too: only there the high watermark is known for sure.
void report_groups(Samples& samples, const Broker& broker) {
    const auto report = [&](std::string_view group, std::string_view topic, PartitionId partition, Offset committed) {
        const std::string number = std::to_string(partition.value);
        samples.add(Metric::group_committed_offset, {group, topic, number}, static_cast<double>(committed.value));
        const auto replica = broker.replicas.find(topic, partition);
        const auto log = replica ? (*replica)->leader_log() : std::unexpected(replica.error());
        if (log) {
            const auto lag = std::max<std::int64_t>((*log)->high_watermark() - committed, 0);
            samples.add(Metric::group_lag, {group, topic, number}, static_cast<double>(lag));
        }
    };
    broker.groups.for_each_offset(report);
}

}  // namespace

Metrics::Registration report_state(Metrics& metrics, const Broker& broker, const Quotas& quotas) {
    return metrics.sample([&broker, &quotas](Samples& samples) {
        report_partitions(samples, broker.replicas);
        report_groups(samples, broker);
        for (const QuotaKind kind : all_quota_kinds) {
            samples.add(Metric::quota_clients, {name(kind)}, static_cast<double>(quotas.clients().size(kind)));
        }
        const auto offset = broker.metadata.image()->provenance.last_offset;
        samples.add(Metric::metadata_offset, {}, static_cast<double>(offset.value));
        samples.add(Metric::fetch_sessions, {}, static_cast<double>(broker.fetch_sessions.size()));
    });
}

}  // namespace barnabas
