#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "io/task.h"

namespace barnabas {

using Tcp = boost::asio::ip::tcp;
/// A TCP connection that belongs to one event loop.
using Socket = boost::asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<Tcp, Executor>;

/// The address as a person writes it: an IPv4 address that came in by IPv6 stands as IPv4.
[[nodiscard]] inline std::string address_text(const boost::asio::ip::address& address) {
    const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return mapped ? boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string()
                  : address.to_string();
}

}  // namespace barnabas
