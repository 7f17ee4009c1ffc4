#pragma once

#include <vector>

#include "config/listeners.h"
#include "server/tls_listener.h"

namespace barnabas {

/// The TLS of all listeners that encrypt. Any thread; what reads files blocks.
class TlsListeners {
public:
    /// Errors: invalid_config, for the first listener whose keys or trust cannot be used.
    [[nodiscard]] static Expected<TlsListeners> open(const Config& config, const Listeners& listeners);

    /// Null for one that does not encrypt.
    [[nodiscard]] std::shared_ptr<TlsListener> of(std::string_view name) const;
    [[nodiscard]] bool empty() const { return all_.empty(); }

    /// Takes what has changed.
    void change(const Config& config) const;
    /// Whether `config` could be taken. Errors: invalid_request.
    [[nodiscard]] Expected<void> check(const Config& config) const;
    /// Reads files again that were replaced.
    void look_at_files() const;

private:
    std::vector<std::shared_ptr<TlsListener>> all_;
};

}  // namespace barnabas
