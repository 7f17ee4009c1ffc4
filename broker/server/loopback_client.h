#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/big_endian.h"

namespace barnabas {

/// For tests: a blocking connection to a server on this machine, which gives up after ten seconds.
class LoopbackClient {
public:
    explicit LoopbackClient(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_buffer > 0) {
            setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        const timeval patience{10, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~LoopbackClient() { close(); }
    LoopbackClient(const LoopbackClient&) = delete;
    LoopbackClient& operator=(const LoopbackClient&) = delete;

    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] int socket() const { return socket_; }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// The next `size` bytes; fewer when the server closes or the patience ends.
    std::string receive(std::size_t size) {
        std::string got(size, '\0');
        std::size_t filled = 0;
        while (filled < size) {
            const ssize_t received = ::recv(socket_, got.data() + filled, size - filled, 0);
            if (received <= 0) {
                break;
            }
            filled += static_cast<std::size_t>(received);
        }
        got.resize(filled);
        return got;
    }

    /// The next frame without its length; nothing when the connection ends first.
    std::optional<std::string> receive_frame() {
        const std::string length = receive(4);
        if (length.size() < 4) {
            return std::nullopt;
        }
        const auto size = load_big_endian<std::uint32_t>(reinterpret_cast<const std::byte*>(length.data()));
        std::string body = receive(size);
        return body.size() == size ? std::optional(std::move(body)) : std::nullopt;
    }

    /// True when the server closes the connection (with nothing more to read) within the patience.
    bool closed_by_server() {
        char byte;
        const ssize_t received = ::recv(socket_, &byte, 1, 0);
        return received == 0 || (received < 0 && errno == ECONNRESET);
    }

    void set_patience(std::chrono::milliseconds patience) {
        const timeval value{patience.count() / 1000, static_cast<suseconds_t>(patience.count() % 1000 * 1000)};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof value);
    }
    void shut_down_sending() { ::shutdown(socket_, SHUT_WR); }
    void close() {
        if (socket_ >= 0) {
            ::close(std::exchange(socket_, -1));
        }
    }

    [[nodiscard]] static std::string framed(std::string_view body) {
        std::string frame(4, '\0');
        store_big_endian(reinterpret_cast<std::byte*>(frame.data()), static_cast<std::uint32_t>(body.size()));
        return frame.append(body);
    }

private:
    int socket_;
    bool connected_ = false;
};

}  // namespace barnabas
