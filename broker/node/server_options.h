#pragma once

#include "config/listeners.h"
#include "config/topic_config.h"
#include "metadata/client_quotas_image.h"
#include "node/tls_listeners.h"
#include "server/options.h"

namespace barnabas {

/// What the configuration says about connections; `written`: the settings that somebody wrote.
[[nodiscard]] ServerOptions server_options(
    const Config& config, const ConfigEntries& written, const Listeners& listeners, const TlsListeners& tls
);

/// The part of it that may change while the node runs.
[[nodiscard]] ConnectionLimitOptions connection_limits(const Config& config);
[[nodiscard]] ConnectionRateLimits connection_rates(const Config& config);

/// What the metadata says about addresses. May block, where it names hosts.
[[nodiscard]] AddressRateLimits address_rates(const ClientQuotasImage& quotas);

}  // namespace barnabas
