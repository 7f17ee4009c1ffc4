#include "socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace barnabas::bench {

namespace {

std::string problem(std::string_view what) {
    return fmt::format("{}: {}", what, std::strerror(errno));
}

bool wait_for(int fd, short events) {
    pollfd ready{fd, events, 0};
    return ::poll(&ready, 1, -1) == 1;
}

}  // namespace

std::expected<Socket, std::string> Socket::connect(const std::string& host, const std::string& port, const Tls* tls) {
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
    if (tls != nullptr) {
        auto stream = tls->connect(socket.fd_);
        if (!stream) {
            return std::unexpected(stream.error());
        }
        socket.tls_ = *std::move(stream);
    }
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

ssize_t Socket::send(BytesView bytes) const {
    if (!tls_) {
        return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    std::array<SendPiece, 1> piece{SendPiece::of(bytes)};
    std::span<SendPiece> pieces = piece;
    const auto taken = tls_->send_some(pieces);
    if (!taken || (*taken == 0 && tls_->has_unsent())) {
        errno = taken ? EAGAIN : taken.error();
        return -1;
    }
    return static_cast<ssize_t>(*taken);
}

ssize_t Socket::recv(MutableBytes room) const {
    if (!tls_) {
        return ::recv(fd_, room.data(), room.size(), 0);
    }
    tls_->readable();
    const TlsStream::Received got = tls_->receive(room);
    if (got.status == TlsStream::Status::done || got.status == TlsStream::Status::ended) {
        return static_cast<ssize_t>(got.size);
    }
    errno = got.status == TlsStream::Status::failed ? EPROTO : EAGAIN;
    return -1;
}

bool Socket::read_all(MutableBytes into) const {
    while (!into.empty()) {
        const ssize_t size = recv(into);
        if (size < 0 && errno == EAGAIN && wait_for(fd_, POLLIN)) {
            continue;
        }
        if (size <= 0) {
            return false;
        }
        into = into.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

std::expected<Bytes, std::string> Socket::exchange(const Bytes& frame) const {
    if (send(frame) != static_cast<ssize_t>(frame.size())) {
        return std::unexpected(problem("sending a request"));
    }
    std::byte length[4];
    if (!read_all(length)) {
        return std::unexpected("the broker closed the connection");
    }
    Bytes answer(static_cast<std::size_t>(load_big_endian<std::uint32_t>(length)));
    if (!read_all(answer)) {
        return std::unexpected("the broker closed the connection inside an answer");
    }
    return answer;
}

}  // namespace barnabas::bench
