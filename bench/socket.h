#pragma once

#include <sys/types.h>

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "protocol/client_data.h"
#include "protocol/message.h"
#include "tls.h"

namespace barnabas::bench {

/// A socket's descriptor, closed with it, and the TLS on it, if any.
class Socket {
public:
    /// Connects, waiting, without Nagle's delay; with TLS after a handshake. The error says where and why.
    static std::expected<Socket, std::string> connect(
        const std::string& host, const std::string& port, const Tls* tls = nullptr
    );

    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), tls_(std::move(other.tls_)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(tls_, other.tls_);
        return *this;
    }
    ~Socket();

    [[nodiscard]] int fd() const { return fd_; }
    void set_nonblocking() const;

    /// As ::send and ::recv, in TLS where there is any. What `send` took may not be sent yet.
    [[nodiscard]] ssize_t send(BytesView bytes) const;
    [[nodiscard]] ssize_t recv(MutableBytes room) const;
    [[nodiscard]] bool has_unsent() const { return tls_ && tls_->has_unsent(); }

    /// Sends a frame and returns the one that answers it; for what is asked before the load. Blocking.
    [[nodiscard]] std::expected<Bytes, std::string> exchange(const Bytes& frame) const;

private:
    explicit Socket(int fd) : fd_(fd) {}

    [[nodiscard]] bool read_all(MutableBytes into) const;

    int fd_;
    std::unique_ptr<TlsStream> tls_;
};

/// A request as a frame, in a version without tagged fields.
template <Message Request>
Bytes frame_of(const Request& request, std::int16_t version) {
    Writer writer;
    writer.integer<std::int32_t>(0);
    RequestHeader header;
    header.request_api_key = Request::api_key;
    header.request_api_version = version;
    header.client_id = "barnabas-bench";
    header.write(writer, 1);
    request.write(writer, version);
    Bytes frame = flatten(std::move(writer).finish());
    store_big_endian(frame.data(), static_cast<std::int32_t>(frame.size() - 4));
    return frame;
}

/// The response in a frame without its length. Views point into `frame`.
template <Message Response>
std::expected<Response, std::string> response_in(BytesView frame, std::int16_t version) {
    constexpr std::size_t correlation = 4;
    if (frame.size() < correlation) {
        return std::unexpected("an answer without a header");
    }
    auto response = decode<Response>(frame.subspan(correlation), version);
    return response ? std::expected<Response, std::string>(*std::move(response))
                    : std::unexpected(response.error().detail);
}

}  // namespace barnabas::bench
