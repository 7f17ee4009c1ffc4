#pragma once

#include <atomic>

#include "raft/raft_client.h"

namespace barnabas {

/// Remembers who leads the metadata quorum, for whoever waits for it, and the quorum's kraft.version.
class Leadership final : public RaftListener {
public:
    explicit Leadership(const RaftClient& raft) : raft_(raft) {}

    void on_commit(const CommittedBatch& batch) override {
        if (batch.values.empty()) {  // control records, of which one may change it
            look_at_kraft_version();
        }
    }
    Expected<void> on_load_snapshot(SnapshotReader&) override {
        look_at_kraft_version();
        return {};
    }
    void on_snapshot_due() override {}
    void on_leader_change(NodeId leader, LeaderEpoch epoch) override {
        look_at_kraft_version();
        epoch_.store(epoch.value);
        known_.store(leader != no_node);
    }

    [[nodiscard]] bool known() const { return known_.load(); }
    [[nodiscard]] LeaderEpoch epoch() const { return {epoch_.load()}; }
    [[nodiscard]] const std::atomic<std::int16_t>& kraft_version() const { return kraft_version_; }

private:
    void look_at_kraft_version() { kraft_version_.store(raft_.quorum().kraft_version); }

    const RaftClient& raft_;
    std::atomic<bool> known_ = false;
    std::atomic<std::int32_t> epoch_ = no_leader_epoch.value;
    std::atomic<std::int16_t> kraft_version_ = 0;
};

}  // namespace barnabas
