#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "io/task.h"

namespace barnabas {

using Tcp = boost::asio::ip::tcp;
/// A TCP connection that belongs to one event loop.
using Socket = boost::asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<Tcp, Executor>;

/// The address as a person writes it: an IPv4 address that came in by IPv6 stands as IPv4.
[[nodiscard]] std::string address_text(const boost::asio::ip::address& address);

/// Whether both ends are on this machine, as with a proxy in the same pod.
[[nodiscard]] bool is_within_machine(const Socket& socket);

/// Within the machine nothing can be congested, but where the system's congestion control is one that paces what it
/// sends (BBR), it does so there too: a fetch then takes up to three times the CPU. Such a connection gets another one.
void spare_pacing(Socket& socket);

/// About how many bytes a TCP socket takes now without waiting.
[[nodiscard]] std::size_t send_room(int socket);

}  // namespace barnabas
