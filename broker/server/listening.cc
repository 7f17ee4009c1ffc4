#include "server/listening.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>

namespace barnabas {

namespace {

using Endpoint = Tcp::endpoint;
using SystemError = boost::system::error_code;

std::string why_not(const ListeningOptions& options, const SystemError& error) {
    std::string advice;
    if (error == boost::asio::error::address_in_use) {
        advice = fmt::format("; another process listens there (ss -ltnp 'sport = :{}' shows it)", options.port);
    } else if (error == boost::asio::error::access_denied) {
        advice = "; ports below 1024 need the capability CAP_NET_BIND_SERVICE";
    } else if (error.value() == EADDRNOTAVAIL) {
        advice =
            "; the host in `listeners` must be an address of this machine: what clients use stands in "
            "`advertised.listeners`";
    }
    return fmt::format("cannot listen on {}:{}: {}{}", options.host, options.port, error.message(), advice);
}

/// IPv4 first, as Java has it.
std::expected<Endpoint, SystemError> resolve(const ListeningOptions& options, const Executor& executor) {
    if (options.host.empty()) {
        return Endpoint(Tcp::v6(), options.port);
    }
    SystemError error;
    boost::asio::ip::basic_resolver<Tcp, Executor> resolver(executor);
    const auto found = resolver.resolve(options.host, std::to_string(options.port), Tcp::resolver::passive, error);
    if (error) {
        return std::unexpected(error);
    }
    const auto v4 = std::ranges::find_if(found, [](const auto& entry) { return entry.endpoint().address().is_v4(); });
    return v4 != found.end() ? v4->endpoint() : found.begin()->endpoint();
}

SystemError try_to_listen(Acceptor& acceptor, const Endpoint& endpoint, const ListeningOptions& options) {
    SystemError error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(Acceptor::reuse_address(true), error);
    }
    if (!error && endpoint.protocol() == Tcp::v6()) {
        acceptor.set_option(boost::asio::ip::v6_only(false), error);
    }
    if (!error && options.receive_buffer) {
        acceptor.set_option(Socket::receive_buffer_size(*options.receive_buffer), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(options.backlog, error);
    }
    if (error) {
        SystemError ignored;
        acceptor.close(ignored);
    }
    return error;
}

}  // namespace

std::expected<void, std::string> listen_on(Acceptor& acceptor, const ListeningOptions& options) {
    const auto endpoint = resolve(options, acceptor.get_executor());
    if (!endpoint) {
        return std::unexpected(why_not(options, endpoint.error()));
    }
    SystemError error = try_to_listen(acceptor, *endpoint, options);
    if (error.value() == EAFNOSUPPORT && options.host.empty()) {
        error = try_to_listen(acceptor, Endpoint(Tcp::v4(), options.port), options);
    }
    if (error) {
        return std::unexpected(why_not(options, error));
    }
    return {};
}

}  // namespace barnabas
