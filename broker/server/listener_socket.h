#pragma once

#include <atomic>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "server/connection_set.h"

namespace barnabas {

/// One of `listeners`: accepts connections and spreads them over the loops.
///
/// `open` and `start` are called by the owner while nothing is accepted; `stop` from any thread but the loops'.
class ListenerSocket {
public:
    struct Environment {
        const ConnectionEnvironment& connections;
        ConnectionLimits& limits;
        ConnectionRates& rates;
        std::vector<std::unique_ptr<ConnectionSet>>& sets;
        std::optional<int> send_buffer;
        TlsHandshakes* handshakes;  ///< if a listener encrypts
    };

    /// Accepts on the loop of `sets[home]`.
    ListenerSocket(ListenerOptions options, Environment environment, std::size_t home, Metrics& metrics);

    /// Binds and listens: clients connect from now on, and wait. The error says what to do.
    std::expected<void, std::string> open(int backlog, std::optional<int> receive_buffer);
    /// Begins to accept.
    void start();
    /// Stops accepting, and waits until no connection comes any more.
    void stop();

    [[nodiscard]] const std::string& name() const { return options_.name; }
    /// The port it listens on.
    [[nodiscard]] std::uint16_t port() const;

private:
    Task<> accept();
    /// Waits until one more connection is not too many a second.
    Task<> keep_rate();
    [[nodiscard]] bool turns_away(ConnectionSet& set, Socket& socket, const std::string& address);
    Task<bool> welcome(ConnectionSet& set, Socket socket);

    ListenerOptions options_;
    const std::string lower_case_name_;
    Environment environment_;
    ListenerMetrics metrics_;
    EventLoop& loop_;
    Acceptor acceptor_;
    std::shared_ptr<Waiter> pause_;
    boost::asio::cancellation_signal cancel_;
    std::size_t next_set_;
    const std::shared_ptr<std::atomic<int>> turned_away_;  ///< that are not closed yet
    bool started_ = false;
    bool stopping_ = false;  ///< touched on the loop
    std::function<void()> ended_;
};

}  // namespace barnabas
