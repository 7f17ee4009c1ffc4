#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "raft/consensus.h"
#include "raft/metadata_log.h"
#include "raft/raft_client.h"
#include "raft/raft_transport.h"
#include "raft/snapshot_schedule.h"

namespace barnabas {

/// This node's replica of the metadata log: performs what the consensus decides, on disk and towards the other
/// replicas, and feeds the listeners.
///
/// Owns no thread: whoever owns it calls everything on one, the raft thread, and calls `step()` whenever `on_work` was
/// called and at `next_deadline()` at the latest (`raft_loop.h` does). It writes and syncs on that thread.
class RaftDriver final : public RaftClient {
public:
    struct Options {
        Consensus::Options consensus;
        MetadataLog::Options log;
        SnapshotSchedule::Options snapshots;
        VoterSet static_voters;  ///< of `controller.quorum.voters`; empty when the log names them
        std::uint64_t seed = 0;
    };

    /// Reads the files and continues from them; a single voter leads after the first step. `transport` may be null
    /// where there is nobody to talk to. What is passed in outlives the driver.
    /// Errors: kafka_storage_error, corrupt_message.
    static Expected<std::unique_ptr<RaftDriver>> open(
        FileSystem& files, const Clock& clock, RaftTransport* transport, Options options
    );

    /// Does what is due. An error is final: the replica can no longer keep its promises, and the node must stop.
    Expected<void> step();
    [[nodiscard]] Instant next_deadline() const;
    /// Called on the raft thread when `step()` has something to do before the deadline that was last announced.
    void on_work(std::function<void()> wake) { wake_ = std::move(wake); }

    /// A peer asks; `answer` is called on the raft thread, now or later, or never when the driver goes first.
    void receive(const raft::Request& request, std::function<void(raft::Reply)> answer);
    /// See RaftTransport.
    void received(NodeId from, raft::Correlation correlation, const raft::Reply& reply);
    void undelivered(NodeId to, raft::Correlation correlation);

    /// Syncs and closes the log; a leader should resign and step before. Only destruction may follow.
    Expected<void> close();

    void subscribe(RaftListener& listener) override;
    void unsubscribe(RaftListener& listener) override;
    Expected<Offset> append(LeaderEpoch epoch, std::span<const Bytes> values) override;
    [[nodiscard]] Offset next_offset() const override { return consensus_.next_offset(); }
    void resign(LeaderEpoch epoch) override;
    [[nodiscard]] NodeId leader() const override { return leadership_.leader; }
    [[nodiscard]] LeaderEpoch epoch() const override { return consensus_.state().epoch; }
    [[nodiscard]] Offset high_watermark() const override { return consensus_.high_watermark(); }
    [[nodiscard]] QuorumInfo quorum() const override { return consensus_.info(clock_.timestamp()); }
    Expected<std::unique_ptr<SnapshotWriter>> create_snapshot(Offset end, Timestamp last_append) override;
    Expected<void> snapshot_frozen(const SnapshotId& snapshot) override;
    [[nodiscard]] std::optional<SnapshotId> latest_snapshot() const override { return log_.snapshots().latest(); }

private:
    struct Subscriber {
        RaftListener* listener = nullptr;  ///< null once it is gone
        Offset next{0};
        raft::Leadership told;
    };

    RaftDriver(
        FileSystem& files, const Clock& clock, RaftTransport* transport, Options options, MetadataLog log,
        Consensus consensus
    );

    [[nodiscard]] Moment now() const { return {clock_.now(), clock_.timestamp()}; }
    void wake() const;

    Expected<void> settle();
    Expected<void> perform(raft::Effects effects);
    Expected<void> change_log(const std::vector<raft::LogChange>& changes);
    Expected<void> perform(const raft::AppendToLog& append);
    Expected<void> perform(const raft::TruncateLog& truncate);
    Expected<void> perform(const raft::StoreSnapshotBytes& store);
    Expected<void> perform(const raft::InstallSnapshot& install);
    void send(const raft::SendRequest& request);
    Expected<void> answer(raft::SendReply reply);
    Expected<void> fill(raft::Reply& reply) const;

    Expected<void> deliver();
    Expected<void> deliver(Subscriber& subscriber);
    Expected<void> load_snapshot(Subscriber& subscriber, const SnapshotId& snapshot);
    Expected<void> deliver_batch(Subscriber& subscriber, RecordBatchView batch);
    void tell_leadership(Subscriber& subscriber) const;
    Expected<void> clean();

    FileSystem& files_;
    const Clock& clock_;
    RaftTransport* transport_;
    Options options_;
    MetadataLog log_;
    Consensus consensus_;
    SnapshotSchedule schedule_;
    raft::Leadership leadership_;
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
    Offset counted_{0};  ///< committed records below were counted for the schedule
    std::map<raft::RequestId, std::function<void(raft::Reply)>> open_requests_;
    std::uint64_t last_request_ = 0;
    Instant clean_at_;
    std::function<void()> wake_;
    bool stepping_ = false;
    std::optional<Error> failure_;
};

}  // namespace barnabas
