#include "socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace barnabas::bench {

namespace {

std::string problem(std::string_view what) {
    return fmt::format("{}: {}", what, std::strerror(errno));
}

bool read_all(int fd, MutableBytes into) {
    while (!into.empty()) {
        const auto size = ::recv(fd, into.data(), into.size(), 0);
        if (size <= 0) {
            return false;
        }
        into = into.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

}  // namespace

std::expected<Socket, std::string> Socket::connect(const std::string& host, const std::string& port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found); error != 0) {
        return std::unexpected(fmt::format("{}:{}: {}", host, port, ::gai_strerror(error)));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
    Socket socket(::socket(found->ai_family, SOCK_STREAM, 0));
    if (socket.fd_ < 0 || ::connect(socket.fd_, found->ai_addr, found->ai_addrlen) < 0) {
        return std::unexpected(problem(fmt::format("connecting to {}:{}", host, port)));
    }
    const int on = 1;
    ::setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

Socket::~Socket() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

void Socket::set_nonblocking() const {
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

std::expected<Bytes, std::string> Socket::exchange(const Bytes& frame) const {
    if (::send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size())) {
        return std::unexpected(problem("sending a request"));
    }
    std::byte length[4];
    if (!read_all(fd_, length)) {
        return std::unexpected("the broker closed the connection");
    }
    Bytes answer(static_cast<std::size_t>(load_big_endian<std::uint32_t>(length)));
    if (!read_all(fd_, answer)) {
        return std::unexpected("the broker closed the connection inside an answer");
    }
    return answer;
}

}  // namespace barnabas::bench
