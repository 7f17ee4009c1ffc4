#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "config/security_protocol.h"
#include "io/event_loop.h"
#include "model/error.h"

namespace barnabas {

struct Broker;
class FeatureSource;
class RequestQuota;
struct SaslState;

/// Who may connect to a listener, and so which requests it serves.
enum class ListenerKind : std::uint8_t { broker, controller };

/// What TLS knows of a connection. Empty without TLS.
struct TlsPeer {
    std::string version = {};  ///< "TLSv1.3"
    std::string cipher = {};   ///< in Java's spelling: "TLS_AES_256_GCM_SHA384"
    std::string subject = {};  ///< of the client's certificate, as RFC 2253 has it; empty without one
};

/// What holds for all requests of one connection. Lives as long as the connection, and is touched on its loop only.
struct Session {
    EventLoop& loop;
    std::string peer;         ///< address and port
    std::string client_host;  ///< Kafka's spelling: "/127.0.0.1"
    std::string listener;     ///< name, as in `listeners`
    ListenerKind listener_kind = ListenerKind::broker;
    bool authenticated = true;  ///< false on a SASL listener until the exchange is done
    /// "User:" and a name: of the client's certificate on an SSL listener, of the exchange on a SASL one.
    std::string principal = "User:ANONYMOUS";
    std::string client_software_name = {};  ///< from ApiVersions, empty when unknown
    std::string client_software_version = {};
    SecurityProtocol security_protocol = SecurityProtocol::plaintext;  ///< of the listener
    TlsPeer tls = {};
    std::size_t max_bytes_unauthenticated = SIZE_MAX;  ///< of a frame: `sasl.server.max.receive.size`
    std::shared_ptr<SaslState> sasl = nullptr;         ///< from the first SaslHandshake on
    std::shared_ptr<RequestQuota> quota = nullptr;     ///< from the first request under quotas on

    /// The address alone, as access rules spell it.
    [[nodiscard]] std::string_view host() const { return std::string_view(client_host).substr(1); }
};

/// What a handler knows of the request besides its body, and what it may decide besides the response.
/// Lives until the response is encoded; `client_id` is a view of the request buffer, which lives as long.
///
/// While the handler is suspended in `Waiter::wait`, a client that hangs up ends the wait (it returns false); what the
/// handler then answers is thrown away.
struct RequestContext {
    Session& session;
    Broker& broker;
    const FeatureSource& features;
    std::int16_t api_key = 0;
    std::int16_t version = 0;
    std::int32_t correlation_id = 0;
    std::optional<std::string_view> client_id = std::nullopt;
    Instant arrived{};  ///< when the last byte of the request was there

    bool no_response = false;  ///< Produce with acks=0: nothing is sent
    /// Set to close the connection instead of answering, with one log line that tells why.
    std::optional<Error> close = std::nullopt;
    /// After the response, the connection is not read for so long (quotas; the client is told by the response).
    std::chrono::milliseconds mute{0};
    bool close_after = false;  ///< set to close the connection once the response is sent
    bool under_quota = false;  ///< some client has a quota
    bool failed = false;       ///< set to count the request as an error when its response has no error code of its own

    /// What else counts for quotas is told to it; null while no client has a quota.
    [[nodiscard]] RequestQuota* quota() const { return under_quota ? session.quota.get() : nullptr; }
};

}  // namespace barnabas
