#pragma once

#include <expected>
#include <memory>
#include <string>

#include "io/tls_stream.h"

struct ssl_ctx_st;

namespace barnabas::bench {

/// How the load speaks TLS: one cipher for all brokers, AES-128 with GCM, and no look at the broker's certificate,
/// which would cost the cores that the broker shares. Sessions are not resumed.
class Tls {
public:
    /// "1.2" or "1.3".
    static std::expected<Tls, std::string> of_version(const std::string& version);

    /// Shakes hands on a blocking or non-blocking socket, waiting. The error says why it failed.
    [[nodiscard]] std::expected<std::unique_ptr<TlsStream>, std::string> connect(int socket) const;

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace barnabas::bench
