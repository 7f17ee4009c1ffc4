#pragma once

#include <map>
#include <memory>

#include "client/endpoint.h"
#include "client/sasl_login.h"
#include "common/clock.h"
#include "io/task.h"
#include "model/error.h"
#include "protocol/api_versions.h"
#include "protocol/message.h"

namespace barnabas {

class TlsContext;

/// A response, and the bytes that the views in it point into.
template <Message M>
struct Reply {
    Bytes frame;
    M message;

    const M* operator->() const { return &message; }
    const M& operator*() const { return message; }
};

/// How one request is sent.
struct CallOptions {
    std::int16_t most_version = INT16_MAX;
    std::chrono::milliseconds extra_time{0};  ///< that the peer may take on purpose: a long poll, a rebalance
};

/// One connection to a broker or controller. Requests may be sent while others wait: replies come in their order.
///
/// Belongs to one event loop, that of the coroutine which opened it. The destructor closes it and fails what waits;
/// the tasks it gave out may outlive it.
///
/// Errors of everything here: network_exception when the connection breaks or breaks off, request_timed_out, after
/// which it is closed (a late reply could not be told from the next one's), unsupported_version when the peer does not
/// serve the request in a version that this program knows.
class BrokerConnection {
public:
    struct Options {
        std::string client_id = "barnabas";
        std::chrono::milliseconds connect_timeout{10'000};
        std::chrono::milliseconds request_timeout{30'000};
        std::optional<int> send_buffer_bytes = std::nullopt;  ///< of the socket; the system's choice without it
        std::size_t most_response_bytes = std::size_t{512} << 20;
        std::shared_ptr<const TlsContext> tls = nullptr;  ///< null in plaintext
        SaslLogin sasl = nullptr;  ///< how to authenticate; none where the listener does not ask for it
    };

    /// Connects, asks for the peer's API versions and authenticates. Errors also: sasl_authentication_failed.
    static Task<Expected<std::shared_ptr<BrokerConnection>>> open(HostPort endpoint, Options options);
    ~BrokerConnection();
    BrokerConnection(const BrokerConnection&) = delete;
    BrokerConnection& operator=(const BrokerConnection&) = delete;

    [[nodiscard]] bool is_open() const;
    [[nodiscard]] const HostPort& endpoint() const;
    /// What the peer said of itself: versions and features.
    [[nodiscard]] const ApiVersionsResponse& peer() const { return peer_; }

    /// The highest version that both sides know, at most `most`.
    template <Message Request>
    [[nodiscard]] Expected<std::int16_t> version_of(std::int16_t most = INT16_MAX) const {
        return common_version(Request::message_name, Request::api_key, Request::versions, most);
    }

    /// Sends `request`, which is encoded before this returns, and waits for the answer.
    template <Message Response, Message Request>
    Task<Expected<Reply<Response>>> call(const Request& request, CallOptions options = {}) {
        const auto version = version_of<Request>(options.most_version);
        if (!version) {
            return refuse<Response>(version.error());
        }
        Outgoing outgoing = frame(request, *version, is_flexible<Response>(*version), options.extra_time);
        return finish<Response>(exchange(wire_, std::move(outgoing)), *version);
    }

    /// Sends `request` that gets no answer (Produce with acks=0), in version `most_version` or below.
    template <Message Request>
    Task<Expected<void>> send(const Request& request, CallOptions options = {}) {
        const auto version = version_of<Request>(options.most_version);
        if (!version) {
            return refuse_to_send(version.error());
        }
        return send_only(wire_, frame(request, *version, false, options.extra_time));
    }

private:
    struct Wire;
    struct Outgoing {
        Bytes frame;
        std::int32_t correlation = 0;
        bool flexible_answer = false;
        std::chrono::milliseconds extra_time{0};
    };
    struct Answer {
        Bytes frame;
        std::size_t body = 0;  ///< where the header ends
    };

    explicit BrokerConnection(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

    template <Message Request>
    Outgoing frame(
        const Request& request, std::int16_t version, bool flexible_answer, std::chrono::milliseconds extra
    ) {
        Writer writer = begin_frame(Request::api_key, version, is_flexible<Request>(version));
        request.write(writer, version);
        return end_frame(std::move(writer), flexible_answer && Request::api_key != ApiVersionsRequest::api_key, extra);
    }

    template <Message Response>
    static Task<Expected<Reply<Response>>> finish(Task<Expected<Answer>> task, std::int16_t version) {
        Expected<Answer> answer = co_await std::move(task);
        if (!answer) {
            co_return std::unexpected(std::move(answer).error());
        }
        auto message = decode<Response>(BytesView(answer->frame).subspan(answer->body), version);
        if (!message) {
            co_return std::unexpected(std::move(message).error());
        }
        co_return Reply<Response>{std::move(answer->frame), *std::move(message)};
    }
    template <Message Response>
    static Task<Expected<Reply<Response>>> refuse(Error error) {
        co_return std::unexpected(std::move(error));
    }

    [[nodiscard]] Expected<std::int16_t> common_version(
        std::string_view name, std::int16_t api_key, VersionRange ours, std::int16_t most
    ) const;
    Writer begin_frame(std::int16_t api_key, std::int16_t version, bool flexible);
    Outgoing end_frame(Writer writer, bool flexible_answer, std::chrono::milliseconds extra);
    static Task<Expected<Answer>> exchange(std::shared_ptr<Wire> wire, Outgoing outgoing);
    static Task<Expected<void>> send_only(std::shared_ptr<Wire> wire, Outgoing outgoing);
    static Task<Expected<void>> refuse_to_send(Error error);
    Task<Expected<void>> negotiate();
    Task<Expected<void>> authenticate();

    std::shared_ptr<Wire> wire_;
    ApiVersionsResponse peer_;
    std::map<std::int16_t, VersionRange> served_;
    std::int32_t next_correlation_ = 1;
};

}  // namespace barnabas
