#pragma once

#include <memory>
#include <mutex>

#include "config/config.h"

namespace barnabas {

/// The configuration that holds now: what was read at the start, and what was changed since. Thread-safe.
class CurrentConfig {
public:
    explicit CurrentConfig(std::shared_ptr<const Config> config) : config_(std::move(config)) {}

    [[nodiscard]] std::shared_ptr<const Config> get() const {
        const std::scoped_lock lock(mutex_);
        return config_;
    }
    void set(std::shared_ptr<const Config> config) {
        const std::scoped_lock lock(mutex_);
        config_ = std::move(config);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Config> config_;
};

}  // namespace barnabas
