#include "server/connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <system_error>

#include "common/events.h"
#include "handlers/request_quota.h"
#include "io/busy_time.h"

namespace barnabas {

namespace {

/// Bytes of answers: about 30, of requests that are served in some 10 us each.
constexpr std::size_t most_gathered = std::size_t{2} * 1024;

/// What one connection sends before the others of its loop have their turn: some 130 us.
constexpr std::size_t sent_at_a_turn = std::size_t{512} * 1024;

/// The stretches of `frame`, behind `before`, in the order of the wire.
void lay_out(BytesView before, const Payload& frame, std::vector<SendPiece>& pieces) {
    pieces.clear();
    if (!before.empty()) {
        pieces.push_back(SendPiece::of(before));
    }
    const BytesView bytes = frame.bytes;
    std::size_t from = 0;
    for (const auto& splice : frame.splices) {
        pieces.push_back(SendPiece::of(bytes.subspan(from, splice.position - from)));
        from = splice.position;
        if (const FileSlice* slice = splice.records.slice()) {
            pieces.push_back(SendPiece::of_file(slice->fd, slice->offset, slice->size));
        } else {
            pieces.push_back(SendPiece::of(splice.records.bytes()));
        }
    }
    pieces.push_back(SendPiece::of(bytes.subspan(from)));
}

}  // namespace

Connection::Connection(
    const ConnectionEnvironment& environment, ListenerMetrics& metrics, Socket socket, Session session,
    ConnectionLimits::Place place
)
    : environment_(environment),
      metrics_(metrics),
      socket_(std::move(socket)),
      session_(std::move(session)),
      place_(std::move(place)),
      buffer_(environment.max_request_bytes),
      last_moved_(system_clock().now()) {
    metrics_.accepted.add();
    metrics_.open.add(1);
}

Connection::~Connection() {
    metrics_.open.add(-1);
}

void Connection::encrypt(TlsHandshakes& handshakes, std::shared_ptr<const TlsContext> context) {
    tls_ = std::make_shared<TlsSession>(handshakes, std::move(context), socket_);
}

Task<> Connection::run() {
    const auto self = shared_from_this();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    if (!tls_ || co_await shake_hands()) {
        while (co_await receive_frame() && co_await serve_frame()) {
        }
    }
    if (session_.quota) {
        session_.quota->stop();
    }
    if (!gathered_.empty() || has_unsent()) {
        co_await send({});
    }
    if (tls_) {
        tls_->stream().say_goodbye();
    }
    environment_.memory.give_back(memory_taken_);
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Task<bool> Connection::shake_hands() {
    phase_ = Phase::shaking_hands;
    std::optional<TlsFailure> failure = co_await tls_->shake_hands(session_.loop);
    if (!failure && !uses_sasl(session_.security_protocol)) {
        if (auto principal = tls_->principal()) {
            session_.principal = *std::move(principal);
        } else {
            failure = {TlsFailureReason::principal, principal.error().detail, tls_->peer().subject};
        }
    }
    if (closing_) {
        co_return false;
    }
    tls_->count(session_.listener, failure);
    if (failure && failure->reason == TlsFailureReason::hung_up && tls_->stream().first_bytes().empty()) {
        event::debug("connection lost", {{"peer", session_.peer}, {"listener", session_.listener}});
        co_return false;  // as from who only looks whether somebody listens
    }
    if (failure) {
        metrics_.failed.add();
        event::warn_of_peer(
            session_.peer, "TLS handshake failed",
            {{"peer", session_.peer},
             {"listener", session_.listener},
             {"reason", name(failure->reason)},
             {"problem", failure->problem},
             {"certificates", failure->chain},
             {"do", failure->advice}}
        );
        co_await tls_->part(session_.loop);
        co_return false;
    }
    session_.tls = tls_->peer();
    moved_ = true;
    co_return true;
}

Task<bool> Connection::receive_frame() {
    phase_ = Phase::receiving;
    while (!closing_ && buffer_.state() == FrameBuffer::State::incomplete) {
        if (!session_.authenticated && buffer_.frame_size() > session_.max_bytes_unauthenticated) {
            complain("authentication failed", "a message larger than sasl.server.max.receive.size");
            co_return false;
        }
        const std::size_t wanted = wanted_memory();
        if (wanted > buffer_.capacity() && !co_await take_memory(wanted)) {
            co_return false;
        }
        buffer_.make_room(wanted);
        const MutableBytes room = buffer_.room();
        const auto [error, size] =
            tls_ ? co_await tls_->receive(room)
                 : co_await socket_.async_receive(boost::asio::buffer(room.data(), room.size()), use_task_result);
        if (error == boost::asio::error::operation_aborted && !closing_) {
            give_memory_back();
            continue;
        }
        if (error) {
            lost(error == boost::asio::error::eof ? "" : error.message());
            co_return false;
        }
        buffer_.received(size);
        moved_ = true;
    }
    if (!closing_ && buffer_.state() == FrameBuffer::State::broken) {
        complain("no Kafka request", buffer_.problem());
        co_return false;
    }
    co_return !closing_;
}

std::size_t Connection::wanted_memory() const {
    const bool ahead = buffer_.filled() && environment_.memory.may_keep();
    return std::max(buffer_.frame_size(), ahead ? FrameBuffer::ahead_capacity : std::size_t{0});
}

/// Who has to wait for memory counts none as his meanwhile, so that no two wait for each other.
Task<bool> Connection::take_memory(std::size_t size) {
    RequestMemory& memory = environment_.memory;
    const std::size_t had = std::exchange(memory_taken_, 0);
    if (!memory.try_take(size - had)) {
        memory.give_back(had);
        if (!co_await memory.take(session_.loop, size)) {
            co_return false;
        }
    }
    memory_taken_ = size;
    co_return true;
}

void Connection::give_memory_back() {
    buffer_.trim();
    if (buffer_.capacity() == buffer_.base_capacity) {
        environment_.memory.give_back(std::exchange(memory_taken_, 0));
    }
}

Task<bool> Connection::serve_frame() {
    phase_ = Phase::serving;
    if (hung_up_) {
        cut_short_when_suspended();
    }
    const Instant arrived = system_clock().now();
    place_.used(arrived);
    const std::size_t request_bytes = buffer_.frame_size();
    const auto answer = co_await environment_.processor.serve(session_, buffer_.frame(), arrived);
    if (session_.quota) {
        session_.quota->stop();
    }
    if (!answer) {
        complain("request refused", answer.error().detail);
        co_return false;
    }
    if (session_.quota) {
        session_.quota->begin_sending();
    }
    if (answer->frame && may_gather(*answer)) {
        gather(*answer->frame);
    } else if (answer->frame || (!gathered_.empty() && !buffer_.next_is_complete())) {
        phase_ = Phase::sending;
        const Payload nothing;
        if (!co_await send(answer->frame ? *answer->frame : nothing)) {
            co_return false;
        }
    }
    if (session_.quota) {
        session_.quota->end_sending();
    }
    account(*answer, request_bytes, arrived);
    buffer_.pop();
    if (memory_taken_ > 0 && !environment_.memory.may_keep()) {
        give_memory_back();
    }
    if (answer->close_after) {
        co_return false;
    }
    if (answer->mute.count() > 0 && !closing_) {
        co_await rest(answer->mute);
    }
    co_return !closing_;
}

bool Connection::may_gather(const Answer& answer) const {
    return buffer_.next_is_complete() && answer.frame->splices.empty() && answer.mute.count() == 0 &&
           gathered_.size() + answer.frame->bytes.size() <= most_gathered;
}

void Connection::gather(const Payload& frame) {
    gathered_.insert(gathered_.end(), frame.bytes.begin(), frame.bytes.end());
    if (!std::exchange(gathering_, true)) {
        session_.loop.post([self = shared_from_this()] {
            self->gathering_ = false;
            self->send_gathered();
        });
    }
}

/// Runs while the coroutine is suspended, in whatever but `send`. An error is left for the coroutine to find.
void Connection::send_gathered() {
    if (phase_ == Phase::sending || (gathered_.empty() && !has_unsent()) || closing_) {
        return;
    }
    std::array<SendPiece, 1> piece{SendPiece::of(gathered_)};
    std::span<SendPiece> unsent = piece;
    const auto sent = send_pieces(unsent);
    if (!sent) {
        return;
    }
    gathered_.erase(gathered_.begin(), gathered_.begin() + static_cast<std::ptrdiff_t>(*sent));
    if ((!gathered_.empty() || has_unsent()) && !std::exchange(gathering_, true)) {
        socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const boost::system::error_code&) {
            self->gathering_ = false;
            self->send_gathered();
        });
    }
}

std::expected<std::size_t, int> Connection::send_pieces(std::span<SendPiece>& unsent) {
    return tls_ ? tls_->stream().send_some(unsent) : send_some(socket_.native_handle(), unsent, sent_at_a_turn);
}

/// Behind what was gathered.
Task<bool> Connection::send(const Payload& frame) {
    lay_out(gathered_, frame, pieces_);
    std::span<SendPiece> unsent = pieces_;
    while (true) {
        const auto sent = send_pieces(unsent);
        if (!sent) {
            gathered_.clear();
            lost(std::generic_category().message(sent.error()));
            co_return false;
        }
        moved_ = moved_ || *sent > 0;
        if (unsent.empty() && !has_unsent()) {
            gathered_.clear();
            co_return true;
        }
        if (closing_) {
            gathered_.clear();
            co_return false;
        }
        BusyTime* const busy = BusyTime::pause();
        const auto [error] = co_await socket_.async_wait(Socket::wait_write, use_task_result);
        BusyTime::resume(busy);
        if (error && !closing_ && error != boost::asio::error::operation_aborted) {
            gathered_.clear();
            lost(error.message());
            co_return false;
        }
    }
}

/// Ends early when the client hangs up: nobody is left to be held back.
Task<> Connection::rest(std::chrono::milliseconds pause) {
    phase_ = Phase::muted;
    metrics_.muted.add(1);
    Waiter::Timer timer(session_.loop.context(), pause);
    co_await timer.async_wait(use_task_result);
    metrics_.muted.add(-1);
    moved_ = true;
}

void Connection::account(const Answer& answer, std::size_t request_bytes, Instant arrived) {
    if (answer.api == nullptr) {
        return;
    }
    const RequestMetrics::OfApi& metrics = environment_.requests.of(*answer.api);
    metrics.requests.add();
    metrics.request_bytes.add(request_bytes);
    if (answer.frame) {
        metrics.response_bytes.add(answer.frame->size());
    }
    if (answer.failed) {
        metrics.errors.add();
    }
    metrics.seconds.observe(system_clock().now() - arrived);
}

void Connection::peer_hung_up() {
    hung_up_ = true;
    if (phase_ == Phase::serving || phase_ == Phase::muted) {
        cancel_.emit(boost::asio::cancellation_type::terminal);
    }
}

/// A hang-up is told once; requests that were sent before it are served, but none of them waits.
void Connection::cut_short_when_suspended() {
    session_.loop.post([self = shared_from_this()] {
        if (self->phase_ == Phase::serving) {
            self->cancel_.emit(boost::asio::cancellation_type::terminal);
        }
    });
}

void Connection::check(Instant now, Instant idle_since) {
    if (std::exchange(moved_, false)) {
        last_moved_ = now;
        return;
    }
    if (phase_ != Phase::serving && phase_ != Phase::muted && last_moved_ <= idle_since) {
        metrics_.idle_closed.add();
        event::debug("idle connection closed", {{"peer", session_.peer}, {"listener", session_.listener}});
        close();
        return;
    }
    if (phase_ == Phase::receiving && buffer_.held() == 0 && buffer_.capacity() > buffer_.base_capacity) {
        cancel_.emit(boost::asio::cancellation_type::terminal);  // `receive_frame` trims and goes on
    }
}

void Connection::make_room() {
    event::info(
        "connection closed to make room", {{"peer", session_.peer},
                                           {"listener", session_.listener},
                                           {"why", "max.connections are open, and another broker comes"}}
    );
    close();
}

void Connection::close() {
    closing_ = true;
    cancel_.emit(boost::asio::cancellation_type::terminal);
}

void Connection::complain(std::string_view what, std::string_view problem) {
    metrics_.failed.add();
    event::warn_of_peer(
        session_.peer, what,
        {{"peer", session_.peer},
         {"listener", session_.listener},
         {"client", session_.client_software_name},
         {"problem", problem}}
    );
}

void Connection::lost(std::string_view how) {
    if (closing_) {
        return;
    }
    if (phase_ == Phase::receiving && buffer_.held() > 0) {
        metrics_.failed.add();
        event::warn_of_peer(
            session_.peer, "connection ended inside a request",
            {{"peer", session_.peer},
             {"listener", session_.listener},
             {"received", buffer_.held()},
             {"of", buffer_.frame_size()},
             {"do", "see why the client, or the network between, broke off"}}
        );
    } else if (!how.empty()) {
        event::debug("connection lost", {{"peer", session_.peer}, {"listener", session_.listener}, {"error", how}});
    }
}

}  // namespace barnabas
