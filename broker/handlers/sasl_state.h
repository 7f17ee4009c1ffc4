#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/clock.h"
#include "security/sasl_exchange.h"

namespace barnabas {

/// How far a connection has come with SASL. Made by its first SaslHandshake.
struct SaslState {
    std::string mechanism;
    std::unique_ptr<SaslExchange> exchange;  ///< while one is under way
    /// After SaslHandshake version 0: tokens come and go as frames of their own, without headers (before KIP-152).
    bool raw = false;
    Instant began{};        ///< of the last exchange
    bool by_token = false;  ///< authenticated by a delegation token
    /// When the client must have authenticated anew (KIP-368); nothing for never.
    std::optional<Instant> expires = std::nullopt;
};

}  // namespace barnabas
