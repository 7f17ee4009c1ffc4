#include "io/page_cache.h"

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace barnabas {

namespace {

constexpr std::int64_t read_ahead = std::int64_t{128} * 1024;

/// Whether the byte at `position` can be read at once, or is behind the end.
bool is_byte_cached(int fd, std::int64_t position) {
    std::byte byte;
    iovec into{&byte, 1};
    return preadv2(fd, &into, 1, position, RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

}  // namespace

bool is_cached(const File& file, std::int64_t position, std::int64_t length) {
    const int fd = file.fd();
    if (fd < 0 || length <= 0) {
        return true;
    }
    const std::int64_t last = position + length - 1;
    for (std::int64_t at = position; at < last; at += read_ahead) {
        if (!is_byte_cached(fd, at)) {
            return false;
        }
    }
    return is_byte_cached(fd, last);
}

IoResult<std::optional<std::size_t>> read_cached(const File& file, std::int64_t position, MutableBytes into) {
    if (const int fd = file.fd(); fd >= 0) {
        iovec room{into.data(), into.size()};
        const auto read = preadv2(fd, &room, 1, position, RWF_NOWAIT);
        if (read >= 0) {
            return static_cast<std::size_t>(read);
        }
        if (errno == EAGAIN) {
            return std::nullopt;
        }
    }
    return file.read_at(position, into);  // this file system cannot tell, or the read tells its error
}

void load_into_cache(const File& file, std::int64_t position, std::int64_t length) {
    Bytes scratch(static_cast<std::size_t>(std::min(length, read_ahead)));
    for (const std::int64_t end = position + length; position < end;) {
        const auto wanted = static_cast<std::size_t>(std::min(read_ahead, end - position));
        const auto read = file.read_at(position, MutableBytes(scratch).first(wanted));
        if (!read || *read < wanted) {
            return;
        }
        position += static_cast<std::int64_t>(wanted);
    }
}

}  // namespace barnabas
