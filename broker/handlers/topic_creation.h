#pragma once

#include <string>
#include <vector>

#include "config/live_config.h"
#include "coordinator/internal_topics.h"
#include "handlers/request_context.h"
#include "quota/mutation_quota.h"

namespace barnabas {

class ControllerClient;

/// Creates topics that nobody described: with the defaults of the configuration, and the brokers' own topics with what
/// they must have. Lives as long as the node; any loop.
class TopicCreation final : public InternalTopics {
public:
    TopicCreation(ControllerClient& controller, const LiveConfig& config, const Clock& clock)
        : controller_(controller), config_(config), clock_(clock) {}

    Task<Expected<void>> create(std::string topic) override;

    /// Begins to create topics that a client asked for (`auto.create.topics.enable`). Does not wait: the client asks
    /// again. What fails is logged. `quota`, if there is one, is charged for them.
    void begin(EventLoop& loop, std::vector<std::string> topics, std::shared_ptr<MutationQuota> quota);

private:
    Task<Expected<void>> create(std::string topic, std::shared_ptr<MutationQuota> quota);
    Task<> create_all(std::vector<std::string> topics, std::shared_ptr<MutationQuota> quota);

    ControllerClient& controller_;
    const LiveConfig& config_;
    const Clock& clock_;
};

}  // namespace barnabas
