#pragma once

#include "security/tls_context.h"

namespace barnabas {

/// Whether a client with these settings could connect to `server`, which was made of them: brokers do so among
/// themselves. Names of hosts are left aside. Errors: invalid_config, with the check that failed.
[[nodiscard]] Expected<void> check_tls_trusts_itself(
    const TlsContext& server, const TlsSettings& settings, const ReadFile& read
);

}  // namespace barnabas
