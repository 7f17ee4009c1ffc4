#pragma once

#include <memory>
#include <mutex>

#include "config/live_config.h"
#include "config/topic_config.h"

namespace barnabas {

/// The effective configurations of topics, which partitions share: the last answer is given again while nothing
/// changed, and most topics say nothing of their own. Thread-safe.
class TopicConfigs {
public:
    /// `config` outlives it.
    explicit TopicConfigs(const LiveConfig& config) : config_(config) {}

    [[nodiscard]] std::shared_ptr<const TopicConfig> of(const ConfigEntries& overrides) const;

private:
    const LiveConfig& config_;
    mutable std::mutex mutex_;  ///< guards what follows
    mutable std::shared_ptr<const Config> broker_;
    mutable ConfigEntries overrides_;
    mutable std::shared_ptr<const TopicConfig> last_;
};

}  // namespace barnabas
