#include "config/topic_configs.h"

namespace barnabas {

std::shared_ptr<const TopicConfig> TopicConfigs::of(const ConfigEntries& overrides) const {
    const auto broker = config_.get();
    const std::lock_guard lock(mutex_);
    if (broker != broker_ || overrides != overrides_) {
        last_ = std::make_shared<const TopicConfig>(TopicConfig::effective(*broker, overrides));
        broker_ = broker;
        overrides_ = overrides;
    }
    return last_;
}

}  // namespace barnabas
