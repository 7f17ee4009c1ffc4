#pragma once

#include <functional>
#include <memory>

#include "config/node_settings.h"
#include "model/error.h"

namespace barnabas {

/// A broker and controller in one process: the composition root, the one place that makes everything, in the order in
/// which it may be used, and takes it down in the reverse order.
class Node {
public:
    /// Starts a node and answers when clients may connect. `on_failure` is called, on some thread, when the node cannot
    /// go on (its metadata log or all of its disks are gone): the owner then stops it. The error says what to do.
    static Expected<std::unique_ptr<Node>> start(NodeSettings settings, std::function<void()> on_failure);
    virtual ~Node() = default;

    /// Stops cleanly: no new requests, waiting ones are cut short, everything flushed, checkpoints and the clean
    /// shutdown mark written.
    virtual void stop() = 0;

    /// Whether `on_failure` was called.
    [[nodiscard]] virtual bool gave_up() const = 0;
};

}  // namespace barnabas
