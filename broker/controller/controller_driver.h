#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "controller/controller.h"
#include "controller/controller_client.h"
#include "io/background_pool.h"
#include "io/waiter.h"
#include "metadata/metadata_loader.h"
#include "raft/raft_client.h"

namespace barnabas {

/// Joins the controller to the metadata log: publishes what is committed, and, while this node leads the quorum,
/// appends what the controller decides and answers when it is committed.
///
/// Lives on the raft loop; `submit` may be called from any loop. Its loop must be stopped before it is destroyed, and
/// before the loops of those who wait in `submit`.
class ControllerDriver final : public RaftListener, public ControllerClient {
public:
    struct Options {
        std::string cluster_id;
        ControllerRegistration self;
        MetadataRecords formatted;              ///< of `bootstrap.checkpoint`, for a new log
        std::function<void(Error)> on_failure;  ///< the metadata cannot be followed any more: the node must stop
    };

    /// All outlive the driver.
    struct Services {
        EventLoop& loop;  ///< where `raft` is run
        RaftClient& raft;
        MetadataCache& metadata;
        const LiveConfig& config;
        BackgroundPool& background;
        const Clock& clock;
    };

    ControllerDriver(const Services& services, Options options, Random random);

    /// Follows the log, and keeps the controller's deadlines until `stop()`. On the raft loop, once.
    Task<> run();
    /// Whoever waits is told not_controller; `run()` returns soon. On the raft loop.
    void stop();

#define CONTROLLER_REQUEST(name)                                                                            \
    [[nodiscard]] Task<Expected<name##Response>> submit(                                                    \
        name##Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota \
    ) override;
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

    void on_commit(const CommittedBatch& batch) override;
    Expected<void> on_load_snapshot(SnapshotReader& snapshot) override;
    void on_leader_change(NodeId leader, LeaderEpoch epoch) override;
    void on_snapshot_due() override;

private:
    /// Who is told when everything up to an offset is committed, or that it may never be.
    struct Waiting {
        Offset last_offset;
        std::function<void(Expected<void>)> tell;
    };

    template <class Request, class Response>
    Task<Expected<Response>> call(
        Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota
    );
    template <class Request, class Call>
    void begin(const std::shared_ptr<Call>& call);

    void activate(LeaderEpoch epoch);
    void resign();
    void tick();
    [[nodiscard]] Controller::Point point(MutationQuota* quota = nullptr) const;
    [[nodiscard]] Instant next_deadline() const;
    /// One batch, or nothing. What is in the log is replayed.
    [[nodiscard]] Expected<void> append(const MetadataRecords& records);
    /// For what need not be done all at once.
    [[nodiscard]] Expected<void> append_in_parts(MetadataRecords records);
    void tell_committed(Offset committed);
    void tell_all(const Error& error);
    void fail_node(Error error);
    Task<> write_snapshot(MetadataImage image);

    Services services_;
    Options options_;
    MetadataLoader loader_;
    Controller controller_;
    std::shared_ptr<Waiter> waiter_;
    std::deque<Waiting> waiting_;  ///< by offset
    NodeId self_;
    LeaderEpoch epoch_ = no_leader_epoch;
    Offset last_appended_ = no_offset;  ///< of this epoch
    Offset committed_ = no_offset;
    Instant last_append_at_{};
    bool stopped_ = false;
    bool failed_ = false;
};

}  // namespace barnabas
