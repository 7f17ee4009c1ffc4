#include "raft/raft_options.h"

namespace barnabas {

namespace {

std::shared_ptr<const TopicConfig> segment_config(const Config& config) {
    auto topic = std::make_shared<TopicConfig>();
    topic->segment_bytes = config.metadata_log_segment_bytes;
    topic->internal_segment_bytes = config.internal_metadata_log_segment_bytes;
    topic->segment_ms = config.metadata_log_segment_ms;
    // Snapshots decide what may go, not age or size by themselves.
    topic->retention_ms = std::chrono::milliseconds(-1);
    topic->retention_bytes = -1;
    topic->max_message_bytes = config.internal_metadata_max_batch_size_in_bytes;
    topic->file_delete_delay_ms = config.internal_metadata_delete_delay_millis;
    return topic;
}

Consensus::Options consensus_options(const Config& config, const ReplicaKey& self) {
    return {
        self,
        config.controller_quorum_election_timeout_ms,
        config.controller_quorum_election_backoff_max_ms,
        config.controller_quorum_fetch_timeout_ms,
        config.controller_quorum_request_timeout_ms,
        config.controller_quorum_retry_backoff_ms,
        config.controller_quorum_append_linger_ms,
        config.controller_quorum_fetch_max_bytes,
        config.controller_quorum_fetch_snapshot_max_bytes,
        static_cast<std::size_t>(config.internal_metadata_max_batch_size_in_bytes),
        !config.controller_quorum_bootstrap_servers.empty(),
    };
}

}  // namespace

Expected<RaftDriver::Options> raft_options(const Config& config, const Uuid& directory_id, std::uint64_t seed) {
    const auto& listeners = config.controller_listener_names;
    auto voters = VoterSet::from_static(config.controller_quorum_voters, listeners.empty() ? "" : listeners.front());
    if (!voters) {
        return std::unexpected(std::move(voters).error());
    }
    return RaftDriver::Options{
        consensus_options(config, {{config.node_id}, directory_id}),
        {config.metadata_dir(), segment_config(config), config.metadata_max_retention_bytes,
         config.metadata_max_retention_ms, config.internal_metadata_delete_delay_millis},
        {config.metadata_log_max_record_bytes_between_snapshots, config.metadata_log_max_snapshot_interval_ms},
        *std::move(voters),
        seed,
    };
}

}  // namespace barnabas
