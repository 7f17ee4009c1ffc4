#include <zstd.h>

#include <memory>

#include "common/compression.h"
#include "common/growing_output.h"

namespace barnabas::zstd {

namespace {

constexpr int default_level = 3;

std::string reason(std::size_t code) {
    return std::string("zstd: ") + ZSTD_getErrorName(code);
}

}  // namespace

std::expected<Bytes, std::string> compress(BytesView bytes, std::optional<int> level) {
    Bytes out(ZSTD_compressBound(bytes.size()));
    const std::size_t size =
        ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level.value_or(default_level));
    if (ZSTD_isError(size) != 0) {
        return std::unexpected(reason(size));
    }
    out.resize(size);
    return out;
}

std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes) {
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
    if (stream == nullptr) {
        return std::unexpected("zstd: no memory");
    }
    if (bytes.empty()) {
        return Bytes();  // no frames
    }
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    GrowingOutput out(bytes.size() * 4, max_bytes);
    while (true) {
        const MutableBytes room = out.room();
        std::byte spill;  // reaching the limit is an error only if there is more
        ZSTD_outBuffer into{room.empty() ? &spill : room.data(), room.empty() ? 1 : room.size(), 0};
        const std::size_t taken_before = in.pos;
        const std::size_t hint = ZSTD_decompressStream(stream.get(), &into, &in);
        if (ZSTD_isError(hint) != 0) {
            return std::unexpected(reason(hint));
        }
        if (room.empty() && into.pos > 0) {
            return std::unexpected(out.too_large());
        }
        out.wrote(into.pos);
        if (hint == 0 && in.pos == in.size) {
            return std::move(out).finish();
        }
        if (in.pos == taken_before && into.pos == 0) {
            return std::unexpected("zstd: cut off");
        }
    }
}

}  // namespace barnabas::zstd
