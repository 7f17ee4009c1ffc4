#pragma once

#include <mutex>
#include <vector>

#include "controller/controller_client.h"
#include "io/waiter.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

/// The controller as clients' requests reach it: its answer comes when this broker, too, has followed what was decided,
/// so that a client may at once use what it asked for. Past the deadline it comes all the same. Any loop.
class AppliedController final : public ControllerClient {
public:
    /// All outlive it. `agreed` is what the cluster has decided, `applied` what of that this broker has followed.
    AppliedController(ControllerClient& controller, const MetadataCache& agreed, MetadataCache& applied);

#define CONTROLLER_REQUEST(name)                                                                            \
    [[nodiscard]] Task<Expected<name##Response>> submit(                                                    \
        name##Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota \
    ) override;
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

private:
    struct Waiting {
        Offset wanted;
        std::shared_ptr<Waiter> waiter;
    };

    Task<> catch_up(Instant deadline);
    void tell(Offset reached);

    ControllerClient& controller_;
    const MetadataCache& agreed_;
    const MetadataCache& applied_;
    std::mutex mutex_;  ///< guards `waiting_`
    std::vector<Waiting> waiting_;
};

}  // namespace barnabas
