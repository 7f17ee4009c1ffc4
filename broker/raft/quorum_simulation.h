#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "raft/consensus.h"

namespace barnabas {

/// A quorum of simulated replicas over a network that loses, delays, reorders and repeats messages, on disks that lose
/// what a crash overtook. Everything follows from the seed. For tests.
///
/// What Raft promises is checked while it runs; the first breach stands in `breach`.
class QuorumSimulation {
public:
    struct Options {
        std::uint64_t seed = 0;
        int voters = 3;
        int observers = 1;
        bool dynamic = true;  ///< voters in the log (kraft.version 1), or in the configuration
    };

    explicit QuorumSimulation(Options options);

    /// With faults, crashes, appends and snapshots.
    void run_wild(std::chrono::milliseconds time);
    /// Without faults: the quorum must recover, agree, and commit what is appended.
    void run_calm(std::chrono::milliseconds time);
    /// After calm: one leader, equal logs, everything committed.
    void expect_agreement();

    [[nodiscard]] const std::string& breach() const { return breach_; }
    [[nodiscard]] std::size_t committed() const { return committed_.size(); }
    [[nodiscard]] std::size_t elections() const { return leaders_.size(); }
    [[nodiscard]] int crashes() const { return crashes_; }
    [[nodiscard]] int installs() const { return installs_; }

private:
    struct Batch {
        Offset base, next;
        LeaderEpoch epoch;
        Bytes bytes;
        bool operator==(const Batch&) const = default;
    };
    struct Snapshot {
        SnapshotId id;
        std::optional<VoterSet> voters;
        std::optional<std::int16_t> version;
    };
    /// What survives a crash.
    struct Disk {
        QuorumState state;
        std::map<Offset, Batch> log;
        Offset start{0}, end{0};
        std::vector<Snapshot> snapshots;
    };
    struct Node {
        ReplicaKey key;
        Disk disk;
        std::unique_ptr<Consensus> core;  ///< null while it is down
        std::map<raft::RequestId, std::function<void(raft::Reply)>> open;
        std::uint64_t last_request = 0;
        int lives = 0;
        Instant deadline;   ///< of the core, after its last step
        Offset checked{0};  ///< commits below were compared
    };

    void run(std::chrono::milliseconds time);
    void after(std::chrono::milliseconds delay, std::function<void()> run);
    [[nodiscard]] Moment now() const;
    [[nodiscard]] bool chance(double probability) {
        return wild_ && static_cast<double>(random_.below(10000)) < 10000 * probability;
    }
    [[nodiscard]] std::chrono::milliseconds delay();
    [[nodiscard]] bool cut_off(const Node& one, const Node& other);

    void start(Node& node);
    void crash(Node& node);
    void disturb();
    void append_somewhere();
    void take_snapshot(Node& node);

    void settle(Node& node);
    bool perform(Node& node, const raft::Effects& effects);
    void perform(Node& node, const raft::LogChange& change);
    void install(Node& node, const SnapshotId& id);
    void send(Node& node, const raft::SendRequest& request);
    void deliver(Node& from, Node& to, const raft::SendRequest& request);
    void fill(const Node& node, raft::Reply& reply) const;
    [[nodiscard]] static Bytes read(const Disk& disk, Offset from, std::int32_t most);
    [[nodiscard]] const Snapshot* snapshot_of(const SnapshotId& id) const;

    void check_leader(const Node& node);
    void check_committed(Node& node);
    void broken(std::string what);

    Options options_;
    Random random_;
    Instant now_;
    bool wild_ = false;
    std::uint64_t sequence_ = 0;
    std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::map<NodeId, int> side_;             ///< of a split network
    std::map<LeaderEpoch, NodeId> leaders_;  ///< that were ever seen
    std::map<Offset, Batch> committed_;      ///< that any node called committed, for ever
    int crashes_ = 0, installs_ = 0, appended_ = 0;
    std::string breach_;
};

}  // namespace barnabas
