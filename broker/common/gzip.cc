#include <zlib.h>

#include <memory>

#include "common/compression.h"
#include "common/growing_output.h"

namespace barnabas::gzip {

namespace {

constexpr int window_bits = 15, with_gzip_header = 16, memory_level = 8;

unsigned char* zlib_bytes(const std::byte* bytes) {
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes));
}

std::string reason(const z_stream& stream, int code) {
    return std::string("gzip: ") + (stream.msg != nullptr ? stream.msg : zError(code));
}

}  // namespace

std::expected<Bytes, std::string> compress(BytesView bytes, std::optional<int> level) {
    z_stream stream{};
    const int opened = deflateInit2(
        &stream, level.value_or(Z_DEFAULT_COMPRESSION), Z_DEFLATED, window_bits + with_gzip_header, memory_level,
        Z_DEFAULT_STRATEGY
    );
    if (opened != Z_OK) {
        return std::unexpected(reason(stream, opened));
    }
    const std::unique_ptr<z_stream, decltype(&deflateEnd)> closer(&stream, deflateEnd);
    Bytes out(deflateBound(&stream, bytes.size()));
    stream.next_in = zlib_bytes(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = zlib_bytes(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int done = deflate(&stream, Z_FINISH);
    if (done != Z_STREAM_END) {
        return std::unexpected(reason(stream, done));
    }
    out.resize(stream.total_out);
    return out;
}

std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes) {
    z_stream stream{};
    const int opened = inflateInit2(&stream, window_bits + with_gzip_header);
    if (opened != Z_OK) {
        return std::unexpected(reason(stream, opened));
    }
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> closer(&stream, inflateEnd);
    stream.next_in = zlib_bytes(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    GrowingOutput out(bytes.size() * 4, max_bytes);
    while (true) {
        const MutableBytes room = out.room();
        std::byte spill;  // reaching the limit is an error only if there is more
        stream.next_out = zlib_bytes(room.empty() ? &spill : room.data());
        stream.avail_out = room.empty() ? 1 : static_cast<uInt>(room.size());
        const int done = inflate(&stream, Z_NO_FLUSH);
        const std::size_t wrote = (room.empty() ? 1 : room.size()) - stream.avail_out;
        if (room.empty() && wrote > 0) {
            return std::unexpected(out.too_large());
        }
        out.wrote(wrote);
        if (done == Z_STREAM_END) {
            // A gzip file may be several members one after the other.
            if (stream.avail_in == 0) {
                return std::move(out).finish();
            }
            inflateReset(&stream);
        } else if (done != Z_OK) {
            return std::unexpected(done == Z_BUF_ERROR ? "gzip: cut off" : reason(stream, done));
        }
    }
}

}  // namespace barnabas::gzip
