#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <span>
#include <vector>

#include "common/bytes.h"

namespace barnabas {

/// A stretch of what is sent: bytes in memory, or bytes of an open file. Whoever made it keeps them alive.
struct SendPiece {
    BytesView memory;
    int fd = -1;  ///< of the file, or -1
    std::int64_t offset = 0;
    std::size_t size = 0;  ///< in the file

    [[nodiscard]] static SendPiece of(BytesView bytes) { return {bytes}; }
    [[nodiscard]] static SendPiece of_file(int fd, std::int64_t offset, std::size_t size) {
        return {{}, fd, offset, size};
    }
};

/// Sends from the front of `pieces` what the stream socket takes without waiting, and drops it there: memory by
/// sendmsg, files by sendfile. Ends when `enough` bytes are sent: of a file it sends no more. Returns the bytes sent;
/// when they are fewer, and `pieces` is not empty afterwards, the socket is full.
/// Errors: errno; ENODATA when a file ends before its piece does. The process must ignore SIGPIPE.
[[nodiscard]] std::expected<std::size_t, int> send_some(
    int socket, std::span<SendPiece>& pieces, std::size_t enough = std::numeric_limits<std::size_t>::max()
);

}  // namespace barnabas
