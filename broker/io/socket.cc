#include "io/socket.h"

#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <limits>
#include <string_view>

namespace barnabas {

namespace {

namespace ip = boost::asio::ip;

/// What came in by IPv6 though it is IPv4, as IPv4.
ip::address unmapped(const ip::address& address) {
    const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return mapped ? ip::make_address_v4(ip::v4_mapped, address.to_v6()) : address;
}

}  // namespace

std::string address_text(const ip::address& address) {
    return unmapped(address).to_string();
}

bool is_within_machine(const Socket& socket) {
    boost::system::error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) {
        return false;
    }
    const auto local = socket.local_endpoint(error);
    return !error && (unmapped(peer.address()).is_loopback() || peer.address() == local.address());
}

void spare_pacing(Socket& socket) {
    constexpr std::string_view without_pacing = "reno";  // every Linux has it, and lets every process choose it
    if (is_within_machine(socket)) {
        (void
        )setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_CONGESTION, without_pacing.data(), without_pacing.size());
    }
}

std::size_t send_room(int socket) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) {
        return std::numeric_limits<std::size_t>::max();
    }
    const std::uint32_t most = memory[SK_MEMINFO_SNDBUF];
    const std::uint32_t queued = memory[SK_MEMINFO_WMEM_QUEUED];
    return most > queued ? most - queued : 0;
}

}  // namespace barnabas
