#pragma once

#include <memory>
#include <mutex>

#include "config/node_settings.h"

namespace barnabas {

/// What a node runs with: its own settings, overruled by the cluster's dynamic ones, overruled by the dynamic ones of
/// this broker. A dynamic setting also overrules the same setting in other units (log.retention.ms and .hours). What
/// does not parse, or may not change while running, counts as absent.
[[nodiscard]] Config effective_config(
    const NodeSettings& node, const ConfigEntries& cluster, const ConfigEntries& broker
);

/// The configuration in force, and the layers it is made of. Lives as long as the node. `get` is for any thread;
/// `update` is called by the one that publishes the metadata.
class LiveConfig {
public:
    explicit LiveConfig(NodeSettings node);

    /// A snapshot: take it anew for each request or round of work.
    [[nodiscard]] std::shared_ptr<const Config> get() const;

    /// What the node was started with; never changes.
    [[nodiscard]] const NodeSettings& node() const { return node_; }

    void update(const ConfigEntries& cluster, const ConfigEntries& broker);

private:
    const NodeSettings node_;
    mutable std::mutex mutex_;  ///< guards `current_`
    std::shared_ptr<const Config> current_;
};

}  // namespace barnabas
