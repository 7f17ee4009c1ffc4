#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "server/listener_socket.h"

namespace barnabas {

/// Speaks Kafka's protocol on all listeners, and hands requests to a processor.
///
/// Made by the composition root, after the loops, and destroyed before them. All calls from the owner's thread, which
/// is none of the loops.
class Server {
public:
    Server(ServerOptions options, LoopPool& loops, RequestProcessor& processor, Metrics& metrics);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds all listeners: clients may connect and wait from now on. The error says what to do.
    std::expected<void, std::string> open();
    /// Begins to serve.
    void start();
    /// Accepts no more, cuts short the requests that wait, and returns when the last connection has ended. Idempotent.
    void stop();

    /// The port of listener `name`, once open; 0 when there is none of this name.
    [[nodiscard]] std::uint16_t port(std::string_view name) const;
    void change_limits(ConnectionLimitOptions limits) { limits_.change(std::move(limits)); }
    [[nodiscard]] ConnectionRates& rates() { return rates_; }

private:
    ServerOptions options_;
    RequestMetrics request_metrics_;
    RequestMemory memory_;
    ConnectionLimits limits_;
    ConnectionRates rates_;
    std::unique_ptr<TlsHandshakes> handshakes_;  ///< if a listener encrypts
    ConnectionEnvironment connection_environment_;
    std::vector<std::unique_ptr<ConnectionSet>> sets_;
    std::vector<std::unique_ptr<ListenerSocket>> listeners_;
    bool stopped_ = false;
};

}  // namespace barnabas
