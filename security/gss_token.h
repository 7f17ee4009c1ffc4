#pragma once

#include "common/bytes.h"

namespace barnabas {

/// Whether a client's first token of GSSAPI is what RFC 4121 (4.1) has there: Kerberos' object identifier and an
/// AP-REQ, in a frame that is as long as it says. The libraries behind GSSAPI take many other tokens, and with some of
/// them they go on with a context that they have not made (MIT Kerberos 1.20 with Cyrus SASL 2.1.28), which ends the
/// process.
[[nodiscard]] bool is_first_kerberos_token(BytesView token);

}  // namespace barnabas
