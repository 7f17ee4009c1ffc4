#include "io/send.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace barnabas {

namespace {

constexpr std::size_t max_pieces_a_call = 64;

bool is_done(const SendPiece& piece) {
    return piece.fd < 0 ? piece.memory.empty() : piece.size == 0;
}

/// Takes `sent` bytes from the front.
void drop(std::span<SendPiece>& pieces, std::size_t sent) {
    while (!pieces.empty()) {
        SendPiece& front = pieces.front();
        const std::size_t step = std::min(sent, front.fd < 0 ? front.memory.size() : front.size);
        if (front.fd < 0) {
            front.memory = front.memory.subspan(step);
        } else {
            front.offset += static_cast<std::int64_t>(step);
            front.size -= step;
        }
        sent -= step;
        if (!is_done(front)) {
            return;
        }
        pieces = pieces.subspan(1);
    }
}

/// All memory up to the next file in one call. MSG_MORE lets the head of a file's bytes share their packet.
ssize_t send_memory(int socket, std::span<const SendPiece> pieces) {
    std::array<iovec, max_pieces_a_call> vector;
    std::size_t count = 0;
    while (count < std::min(pieces.size(), vector.size()) && pieces[count].fd < 0) {
        const BytesView memory = pieces[count].memory;
        vector[count] = {const_cast<std::byte*>(memory.data()), memory.size()};
        ++count;
    }
    msghdr message{};
    message.msg_iov = vector.data();
    message.msg_iovlen = count;
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT | (count < pieces.size() ? MSG_MORE : 0));
}

ssize_t send_file(int socket, const SendPiece& piece, std::size_t most) {
    off_t offset = piece.offset;
    const ssize_t sent = sendfile(socket, piece.fd, &offset, std::min(piece.size, most));
    if (sent == 0) {
        errno = ENODATA;
        return -1;
    }
    return sent;
}

}  // namespace

std::expected<std::size_t, int> send_some(int socket, std::span<SendPiece>& pieces, std::size_t enough) {
    std::size_t total = 0;
    drop(pieces, 0);
    while (!pieces.empty() && total < enough) {
        const ssize_t sent =
            pieces.front().fd < 0 ? send_memory(socket, pieces) : send_file(socket, pieces.front(), enough - total);
        if (sent < 0) {
            if (errno == EINTR) {
                continue;
            }
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                break;
            }
            return std::unexpected(errno);
        }
        total += static_cast<std::size_t>(sent);
        drop(pieces, static_cast<std::size_t>(sent));
    }
    return total;
}

}  // namespace barnabas
