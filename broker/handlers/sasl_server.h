#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/metrics.h"
#include "config/listener_config.h"
#include "config/listeners.h"
#include "security/jwks.h"
#include "security/sasl_scram.h"

namespace barnabas {

/// Where the keys that sign tokens come from.
class SigningKeys {
public:
    virtual ~SigningKeys() = default;
    /// What was last fetched from `url`; null when nothing was yet. Any thread, at once.
    [[nodiscard]] virtual std::shared_ptr<const Jwks> of(const std::string& url) = 0;
    /// A token names a key that is not among them: they may have changed.
    virtual void look_again(const std::string& url) = 0;
};

/// How clients authenticate on the listeners that use SASL. Lives as long as the node; any thread.
class SaslServer {
public:
    struct Mechanism {
        std::string name;
        std::function<std::unique_ptr<SaslExchange>()> begin;
        std::chrono::milliseconds max_reauth{0};  ///< `connections.max.reauth.ms`; 0 for never
        std::string keys_url{};                   ///< of the keys that sign its tokens; empty where they need none
    };
    using Mechanisms = std::vector<Mechanism>;
    using ByListener = std::map<std::string, std::shared_ptr<const Mechanisms>>;

    /// All outlive it.
    SaslServer(const ScramAccounts& accounts, SigningKeys& keys, Metrics& metrics)
        : accounts_(accounts), keys_(keys), metrics_(metrics) {}

    /// Takes up the settings of the listeners that use SASL, for authentications that begin from now on. Errors:
    /// invalid_config, after which everything is as it was.
    [[nodiscard]] Expected<void> configure(const Config& config, const Listeners& listeners);

    /// The same for what was changed; the log is told of what cannot be taken up.
    void change(const Config& config, const Listeners& listeners);
    /// Whether `configure` would take them. Errors: invalid_request.
    [[nodiscard]] Expected<void> check(const Config& config, const Listeners& listeners) const;

    /// Those enabled on a listener; none where it does not use SASL.
    [[nodiscard]] std::shared_ptr<const Mechanisms> mechanisms(const std::string& listener) const;

    /// Counts how an authentication ended; `failure` is SaslFailure::kind, or empty.
    void count(const std::string& listener, const std::string& mechanism, std::string_view failure);

private:
    [[nodiscard]] Expected<ByListener> read(const Config& config, const Listeners& listeners) const;
    [[nodiscard]] Expected<Mechanism> read(const ListenerConfig& listener, const std::string& name) const;
    void greet(const std::string& listener, const Mechanism& mechanism);

    const ScramAccounts& accounts_;
    SigningKeys& keys_;
    Metrics& metrics_;
    mutable std::mutex mutex_;  ///< guards `by_listener_`
    ByListener by_listener_;
};

}  // namespace barnabas
