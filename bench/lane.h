#pragma once

#include <deque>
#include <optional>

#include "protocol/frame.h"
#include "socket.h"
#include "tally.h"

namespace barnabas::bench {

/// One connection under load: sends frames whole and in order, and takes their answers. What is sent is for the kinds
/// of lanes to say. Used by one thread.
class Lane {
public:
    Lane(Socket socket, Tally& tally, int depth);
    virtual ~Lane() = default;
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    [[nodiscard]] int fd() const { return socket_.fd(); }
    /// Sends what may be sent now, and receives what has come.
    void turn(Instant now);
    /// When `turn` has something to send although nothing has come; nothing while it waits for answers.
    [[nodiscard]] virtual std::optional<Instant> due() const { return std::nullopt; }
    /// Whether bytes wait for the socket.
    [[nodiscard]] bool blocked() const { return !unsent_.empty() || socket_.has_unsent(); }

protected:
    struct Sent {
        Instant begun;
        std::size_t bytes = 0;
        std::size_t records = 0;
        bool answered = true;  ///< false: nothing comes back
    };
    struct Outgoing {
        BytesView frame;  ///< stays until the next call
        Sent sent;
    };

    /// The next request, if its time has come.
    virtual std::optional<Outgoing> next(Instant now) = 0;
    /// The error says what is wrong with the answer.
    virtual std::expected<void, std::string> take(BytesView answer, const Sent& sent, Instant now) = 0;

    [[nodiscard]] Tally& tally() { return tally_; }
    [[nodiscard]] std::size_t in_flight() const { return sent_.size(); }
    [[nodiscard]] std::size_t depth() const { return depth_; }

private:
    void send(Instant now);
    void receive();
    bool send_unsent();

    Socket socket_;
    Tally& tally_;
    std::size_t depth_;
    FrameBuffer received_;
    std::deque<Sent> sent_;
    BytesView unsent_;
};

}  // namespace barnabas::bench
