#include "client/connection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <deque>

#include "io/tls_stream.h"
#include "protocol/client_data.h"
#include "protocol/sasl_authenticate.h"
#include "protocol/sasl_handshake.h"
#include "security/tls_context.h"
#include "security/tls_failure.h"

namespace barnabas {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Socket = asio::basic_stream_socket<tcp, Executor>;
using Resolver = asio::ip::basic_resolver<tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::size_t length_size = 4;
using SystemError = boost::system::error_code;

constexpr std::string_view no_kafka = "it is no Kafka listener, or one that expects TLS or SASL";

std::string connect_failure(const HostPort& endpoint, const boost::system::error_code& error) {
    if (error == asio::error::connection_refused) {
        return fmt::format("{} refuses the connection: does a broker listen there?", endpoint.text());
    }
    if (error == asio::error::operation_aborted) {
        return fmt::format("{} does not answer: the connection was not made in time", endpoint.text());
    }
    return fmt::format("cannot connect to {}: {}", endpoint.text(), error.message());
}

}  // namespace

/// The socket and who waits on it. Kept alive by the coroutines that use it; `break_off()` ends them.
struct BrokerConnection::Wire {
    struct Waiting {
        std::int32_t correlation;
        bool flexible_answer;
        Timer timer;
        std::optional<Expected<Answer>> answer = std::nullopt;
    };

    Wire(const Executor& executor, HostPort peer, Options given)
        : endpoint(std::move(peer)), options(std::move(given)), socket(executor) {}

    void break_off(Error why);
    [[nodiscard]] Error end_of_stream() const;
    void accept(Bytes frame);
    static Task<Expected<void>> connect(std::shared_ptr<Wire> self);
    static Task<Expected<void>> shake_hands(std::shared_ptr<Wire> self);
    static Task<SystemError> write_all(std::shared_ptr<Wire> self, BytesView bytes);
    static Task<SystemError> read_all(std::shared_ptr<Wire> self, MutableBytes into);
    static Task<> write_outbox(std::shared_ptr<Wire> self);
    static Task<> read_answers(std::shared_ptr<Wire> self);
    static void enqueue(const std::shared_ptr<Wire>& self, Bytes frame);

    HostPort endpoint;
    Options options;
    Socket socket;
    std::unique_ptr<TlsStream> tls;  ///< null in plaintext
    std::string tls_problem;         ///< why TLS failed
    std::optional<Error> broken;
    std::deque<Bytes> outbox;
    bool writing = false;
    bool answered = false;  ///< at least once
    std::deque<std::shared_ptr<Waiting>> waiting;
};

void BrokerConnection::Wire::break_off(Error why) {
    if (broken) {
        return;
    }
    broken = std::move(why);
    boost::system::error_code ignored;
    socket.close(ignored);
    for (const auto& each : waiting) {
        each->answer = std::unexpected(*broken);
        each->timer.cancel();
    }
    waiting.clear();
}

/// What it means that the peer sends no more.
Error BrokerConnection::Wire::end_of_stream() const {
    const std::string peer = endpoint.text();
    if (!tls_problem.empty()) {
        return {ErrorCode::sasl_authentication_failed, fmt::format("{}: {}", peer, tls_problem)};
    }
    if (answered) {
        return {ErrorCode::network_exception, fmt::format("{} closed the connection", peer)};
    }
    return {
        ErrorCode::network_exception, fmt::format("{} closed the connection at the first request: {}", peer, no_kafka)
    };
}

Task<Expected<void>> BrokerConnection::Wire::connect(std::shared_ptr<Wire> self) {
    boost::system::error_code error;
    Resolver resolver(self->socket.get_executor());
    const auto found = co_await resolver.async_resolve(
        self->endpoint.host, std::to_string(self->endpoint.port), asio::redirect_error(use_task, error)
    );
    if (error) {
        co_return fail(
            ErrorCode::network_exception, fmt::format("cannot find host '{}': {}", self->endpoint.host, error.message())
        );
    }
    Timer deadline(self->socket.get_executor(), self->options.connect_timeout);
    deadline.async_wait([wire = std::weak_ptr(self)](const boost::system::error_code& ended) {
        if (const auto locked = wire.lock(); locked && !ended) {
            boost::system::error_code ignored;
            locked->socket.close(ignored);
        }
    });
    co_await asio::async_connect(self->socket, found, asio::redirect_error(use_task, error));
    if (error) {
        co_return fail(ErrorCode::network_exception, connect_failure(self->endpoint, error));
    }
    if (self->options.tls) {
        if (auto agreed = co_await shake_hands(self); !agreed) {
            co_return std::unexpected(std::move(agreed).error());
        }
    }
    deadline.cancel();
    self->socket.set_option(tcp::no_delay(true), error);
    if (self->options.send_buffer_bytes) {
        self->socket.set_option(asio::socket_base::send_buffer_size(*self->options.send_buffer_bytes), error);
    }
    asio::co_spawn(self->socket.get_executor(), read_answers(self), asio::detached);
    co_return Expected<void>();
}

Task<Expected<void>> BrokerConnection::Wire::shake_hands(std::shared_ptr<Wire> self) {
    const std::string peer = self->endpoint.text();
    SystemError error;
    self->socket.non_blocking(true, error);
    SSL* const made = self->options.tls->connect(self->endpoint.host).release();
    self->tls = std::make_unique<TlsStream>(made, self->socket.native_handle());
    TlsStream& tls = *self->tls;
    while (true) {
        const TlsStream::Status status = tls.shake_hands();
        if (status == TlsStream::Status::done) {
            co_return Expected<void>();
        }
        if (status == TlsStream::Status::failed || status == TlsStream::Status::ended) {
            const bool hung_up = status == TlsStream::Status::ended || tls.system_error() != 0;
            const TlsFailure failure = hung_up ? tls_hang_up(tls.connection(), tls.first_bytes())
                                               : explain_tls_failure(tls.connection(), tls.first_bytes());
            co_return fail(ErrorCode::sasl_authentication_failed, fmt::format("{}: {}", peer, failure.text()));
        }
        const auto what = status == TlsStream::Status::wants_read ? Socket::wait_read : Socket::wait_write;
        co_await self->socket.async_wait(what, asio::redirect_error(use_task, error));
        if (error) {
            co_return fail(
                ErrorCode::network_exception,
                fmt::format("{} did not finish the TLS handshake in time: does a listener with TLS listen there?", peer)
            );
        }
        tls.readable();
    }
}

Task<SystemError> BrokerConnection::Wire::write_all(std::shared_ptr<Wire> self, BytesView bytes) {
    SystemError error;
    if (!self->tls) {
        co_await asio::async_write(
            self->socket, asio::buffer(bytes.data(), bytes.size()), asio::redirect_error(use_task, error)
        );
        co_return error;
    }
    SendPiece piece = SendPiece::of(bytes);
    std::span<SendPiece> unsent(&piece, 1);
    while (true) {
        const auto sent = self->tls->send_some(unsent);
        if (!sent) {
            co_return SystemError(sent.error(), boost::system::system_category());
        }
        if (unsent.empty() && !self->tls->has_unsent()) {
            co_return error;
        }
        co_await self->socket.async_wait(Socket::wait_write, asio::redirect_error(use_task, error));
        if (error || self->broken) {
            co_return error;
        }
    }
}

/// Until `into` is full.
Task<SystemError> BrokerConnection::Wire::read_all(std::shared_ptr<Wire> self, MutableBytes into) {
    SystemError error;
    if (!self->tls) {
        co_await asio::async_read(
            self->socket, asio::buffer(into.data(), into.size()), asio::redirect_error(use_task, error)
        );
        co_return error;
    }
    while (!into.empty()) {
        const TlsStream::Received got = self->tls->receive(into);
        if (got.status == TlsStream::Status::done) {
            into = into.subspan(got.size);
            continue;
        }
        if (got.status == TlsStream::Status::ended) {
            co_return asio::error::eof;
        }
        if (got.status == TlsStream::Status::failed) {
            // With TLS 1.3 the peer looks at our certificate when we are already done.
            self->tls_problem = explain_tls_failure(self->tls->connection(), self->tls->first_bytes()).text();
            co_return asio::error::connection_reset;
        }
        co_await self->socket.async_wait(Socket::wait_read, asio::redirect_error(use_task, error));
        if (error) {
            co_return error;
        }
        self->tls->readable();
    }
    co_return error;
}

void BrokerConnection::Wire::enqueue(const std::shared_ptr<Wire>& self, Bytes frame) {
    self->outbox.push_back(std::move(frame));
    if (!self->writing) {
        self->writing = true;
        asio::co_spawn(self->socket.get_executor(), write_outbox(self), asio::detached);
    }
}

Task<> BrokerConnection::Wire::write_outbox(std::shared_ptr<Wire> self) {
    while (!self->outbox.empty() && !self->broken) {
        const Bytes frame = std::move(self->outbox.front());
        self->outbox.pop_front();
        const SystemError error = co_await write_all(self, frame);
        if (error) {
            self->break_off(
                {ErrorCode::network_exception,
                 fmt::format("cannot send to {}: {}", self->endpoint.text(), error.message())}
            );
        }
    }
    self->writing = false;
}

Task<> BrokerConnection::Wire::read_answers(std::shared_ptr<Wire> self) {
    const std::string peer = self->endpoint.text();
    while (!self->broken) {
        std::byte prefix[length_size];
        if (const SystemError error = co_await read_all(self, prefix)) {
            self->break_off(self->end_of_stream());
            break;
        }
        const auto size = load_big_endian<std::int32_t>(prefix);
        if (size < 4 || static_cast<std::size_t>(size) > self->options.most_response_bytes) {
            self->break_off(
                {ErrorCode::network_exception,
                 fmt::format("{} answered with a frame of {} bytes: this is no Kafka listener", peer, size)}
            );
            break;
        }
        Bytes frame(static_cast<std::size_t>(size));
        if (const SystemError error = co_await read_all(self, frame)) {
            self->break_off({ErrorCode::network_exception, fmt::format("{} closed the connection", peer)});
            break;
        }
        self->accept(std::move(frame));
    }
}

void BrokerConnection::Wire::accept(Bytes frame) {
    const auto correlation = load_big_endian<std::int32_t>(frame.data());
    if (waiting.empty() || waiting.front()->correlation != correlation) {
        return break_off(
            {ErrorCode::network_exception,
             fmt::format("{} answered a request that was not sent (correlation {})", endpoint.text(), correlation)}
        );
    }
    answered = true;
    const auto receiver = std::move(waiting.front());
    waiting.pop_front();
    std::size_t body = 4;
    if (receiver->flexible_answer) {
        Reader reader(BytesView(frame).subspan(4));
        UnknownTags tags;
        read_tagged_fields(reader, tags, [](std::uint32_t) { return false; });
        body += reader.position();
        if (reader.failed()) {
            receiver->answer = fail(ErrorCode::network_exception, endpoint.text() + " sent a damaged header");
        }
    }
    if (!receiver->answer) {
        receiver->answer = Answer{std::move(frame), body};
    }
    receiver->timer.cancel();
}

BrokerConnection::~BrokerConnection() {
    wire_->break_off({ErrorCode::network_exception, "the connection was closed on this side"});
}

bool BrokerConnection::is_open() const {
    return !wire_->broken;
}

const HostPort& BrokerConnection::endpoint() const {
    return wire_->endpoint;
}

Writer BrokerConnection::begin_frame(std::int16_t api_key, std::int16_t version, bool flexible) {
    Writer writer;
    writer.integer<std::int32_t>(0);
    RequestHeader header;
    header.request_api_key = api_key;
    header.request_api_version = version;
    header.correlation_id = next_correlation_;
    header.client_id = wire_->options.client_id;
    header.write(writer, flexible ? 2 : 1);
    return writer;
}

BrokerConnection::Outgoing BrokerConnection::end_frame(
    Writer writer, bool flexible_answer, std::chrono::milliseconds extra
) {
    Bytes bytes = flatten(std::move(writer).finish());
    store_big_endian(bytes.data(), static_cast<std::int32_t>(bytes.size() - length_size));
    return {std::move(bytes), next_correlation_++, flexible_answer, extra};
}

Task<Expected<BrokerConnection::Answer>> BrokerConnection::exchange(std::shared_ptr<Wire> wire, Outgoing outgoing) {
    if (wire->broken) {
        co_return std::unexpected(*wire->broken);
    }
    const auto limit = wire->options.request_timeout + outgoing.extra_time;
    auto self = std::make_shared<Wire::Waiting>(
        outgoing.correlation, outgoing.flexible_answer, Timer(wire->socket.get_executor(), limit)
    );
    wire->waiting.push_back(self);
    Wire::enqueue(wire, std::move(outgoing.frame));
    if (!self->answer) {
        boost::system::error_code ignored;
        co_await self->timer.async_wait(asio::redirect_error(use_task, ignored));
    }
    if (!self->answer) {
        wire->break_off(
            {ErrorCode::request_timed_out, fmt::format(
                                               "{} did not answer within {} ms{}", wire->endpoint.text(), limit.count(),
                                               wire->answered ? "" : std::string(": ") + std::string(no_kafka)
                                           )}
        );
    }
    co_return *std::move(self->answer);
}

Task<Expected<void>> BrokerConnection::send_only(std::shared_ptr<Wire> wire, Outgoing outgoing) {
    if (wire->broken) {
        co_return std::unexpected(*wire->broken);
    }
    Wire::enqueue(wire, std::move(outgoing.frame));
    co_return Expected<void>();
}

Task<Expected<void>> BrokerConnection::refuse_to_send(Error error) {
    co_return std::unexpected(std::move(error));
}

Expected<std::int16_t> BrokerConnection::common_version(
    std::string_view name, std::int16_t api_key, VersionRange ours, std::int16_t most
) const {
    const auto found = served_.find(api_key);
    if (found == served_.end()) {
        return fail(ErrorCode::unsupported_version, fmt::format("{} does not serve {}", wire_->endpoint.text(), name));
    }
    const VersionRange theirs = found->second;
    const std::int16_t version = std::min({ours.last, theirs.last, most});
    if (version < std::max(ours.first, theirs.first)) {
        return fail(
            ErrorCode::unsupported_version,
            fmt::format(
                "{} serves {} in versions {} to {}; versions {} to {} are wanted", wire_->endpoint.text(), name,
                theirs.first, theirs.last, ours.first, std::min(ours.last, most)
            )
        );
    }
    return version;
}

Task<Expected<void>> BrokerConnection::negotiate() {
    ApiVersionsRequest request;
    request.client_software_name = "barnabas";
    request.client_software_version = BARNABAS_VERSION;
    std::int16_t version = ApiVersionsRequest::versions.last;
    // Who does not speak Kafka's protocol may wait for more; that is found out sooner than other answers are given up.
    const auto patience =
        std::min(wire_->options.connect_timeout - wire_->options.request_timeout, std::chrono::milliseconds(0));
    while (true) {
        Expected<Answer> answer = co_await exchange(wire_, frame(request, version, false, patience));
        if (!answer) {
            co_return std::unexpected(std::move(answer).error());
        }
        // A peer that does not know the version says so in version 0 (KIP-511).
        const BytesView body = BytesView(answer->frame).subspan(answer->body);
        const bool unknown = body.size() >= 2 && load_big_endian<std::int16_t>(body.data()) ==
                                                     static_cast<std::int16_t>(ErrorCode::unsupported_version);
        auto response = decode<ApiVersionsResponse>(body, unknown ? std::int16_t{0} : version);
        if (!response) {
            co_return std::unexpected(std::move(response).error());
        }
        peer_ = *std::move(response);
        if (!unknown || version == 0) {
            break;
        }
        const auto own =
            std::ranges::find(peer_.api_keys, ApiVersionsRequest::api_key, &ApiVersionsResponseApiVersion::api_key);
        version = own == peer_.api_keys.end()
                      ? std::int16_t{0}
                      : std::clamp<std::int16_t>(own->max_version, 0, static_cast<std::int16_t>(version - 1));
    }
    if (peer_.error_code != ErrorCode::none) {
        co_return fail(peer_.error_code, wire_->endpoint.text() + ": " + std::string(text(peer_.error_code)));
    }
    for (const auto& row : peer_.api_keys) {
        served_.insert_or_assign(row.api_key, VersionRange{row.min_version, row.max_version});
    }
    co_return Expected<void>();
}

Task<Expected<void>> BrokerConnection::authenticate() {
    const auto refused = [peer = wire_->endpoint.text()](std::string_view words) {
        return fail(ErrorCode::sasl_authentication_failed, fmt::format("{}: {}", peer, words));
    };
    auto client = wire_->options.sasl(wire_->endpoint.host);
    if (!client) {
        co_return std::unexpected(std::move(client).error());
    }
    const std::string mechanism = (*client)->mechanism();
    SaslHandshakeRequest handshake;
    handshake.mechanism = mechanism;
    const auto offered = co_await call<SaslHandshakeResponse>(handshake);
    if (!offered) {
        co_return std::unexpected(offered.error());
    }
    if ((*offered)->error_code != ErrorCode::none) {
        co_return (*offered)->error_code == ErrorCode::unsupported_sasl_mechanism
            ? refused(fmt::format("{} is not enabled there; {}", mechanism, fmt::join((*offered)->mechanisms, ", ")))
            : refused("the listener expects no SASL; set security.protocol=PLAINTEXT");
    }
    Expected<Bytes> message = (*client)->begin();
    while (message) {
        SaslAuthenticateRequest request;
        request.auth_bytes = *message;
        const auto reply = co_await call<SaslAuthenticateResponse>(request);
        if (!reply) {
            co_return std::unexpected(reply.error());
        }
        if ((*reply)->error_code != ErrorCode::none) {
            co_return refused((*reply)->error_message.value_or(""));
        }
        message = (*client)->step((*reply)->auth_bytes);
        if (message && message->empty() && (*client)->is_complete()) {
            co_return Expected<void>();
        }
    }
    co_return std::unexpected(message.error());
}

Task<Expected<std::shared_ptr<BrokerConnection>>> BrokerConnection::open(HostPort endpoint, Options options) {
    const Executor executor = co_await asio::this_coro::executor;
    auto wire = std::make_shared<Wire>(executor, std::move(endpoint), std::move(options));
    if (auto connected = co_await Wire::connect(wire); !connected) {
        co_return std::unexpected(std::move(connected).error());
    }
    std::shared_ptr<BrokerConnection> connection(new BrokerConnection(std::move(wire)));
    if (auto agreed = co_await connection->negotiate(); !agreed) {
        co_return std::unexpected(std::move(agreed).error());
    }
    if (connection->wire_->options.sasl) {
        if (auto known = co_await connection->authenticate(); !known) {
            co_return std::unexpected(std::move(known).error());
        }
    }
    co_return connection;
}

}  // namespace barnabas
