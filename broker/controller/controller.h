#pragma once

#include "controller/acl_requests.h"
#include "controller/broker_requests.h"
#include "controller/client_quota_requests.h"
#include "controller/config_requests.h"
#include "controller/delegation_token_requests.h"
#include "controller/feature_requests.h"
#include "controller/partition_requests.h"
#include "controller/producer_id_requests.h"
#include "controller/scram_requests.h"
#include "controller/topic_requests.h"

namespace barnabas {

/// The cluster's metadata as the active controller has it, and its decisions: a replicated state machine.
///
/// Decides, and does nothing: the owner appends the records of a decision to the log and, if that succeeds, replays
/// them here before it asks for the next decision; so decisions follow one another without waiting for each other's
/// commit. The sessions of brokers are the only state that is not in the log. Touched by one thread.
class Controller {
public:
    /// Where in the log, and when, a decision is made.
    struct Point {
        Instant now{};
        Offset next_offset{0};
        std::int16_t kraft_version = 0;
        MutationQuota* quota = nullptr;  ///< of who asks; null: none
    };

    /// `config` outlives the controller.
    Controller(const LiveConfig& config, std::string cluster_id, Random random);

    /// This node leads the quorum from now on. `image` holds everything that is committed. Answers what to write first:
    /// the end of a transaction that a former leader left open, the first records of a new log (`formatted`), and how
    /// this controller is registered. They are to be appended as one batch.
    [[nodiscard]] MetadataRecords activate(
        const MetadataImage& image, bool in_transaction, MetadataRecords formatted, const ControllerRegistration& self,
        const Point& point
    );
    void resign();
    [[nodiscard]] bool is_active() const { return active_; }

    /// The only way in which the image changes while active.
    void replay(const MetadataRecords& records);
    [[nodiscard]] const MetadataImage& image() const { return image_; }

#define CONTROLLER_REQUEST(name)                                               \
    [[nodiscard]] Decision<name##Response> decide(                             \
        const name##Request& request, std::int16_t version, const Point& point \
    );
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

    /// When a broker's session ends next; Instant::max() for never.
    [[nodiscard]] Instant next_deadline() const;
    /// Fences one broker whose session has ended; empty when there is none. Asked until it is empty.
    [[nodiscard]] MetadataRecords expire(const Point& point);

private:
    [[nodiscard]] Situation situation(const Point& point);

    const LiveConfig& config_;
    const std::string cluster_id_;
    Random random_;
    BrokerSessions sessions_;
    MetadataImage image_;
    bool active_ = false;
};

}  // namespace barnabas
