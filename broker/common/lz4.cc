#include <lz4frame.h>

#include <memory>

#include "common/compression.h"
#include "common/growing_output.h"

namespace barnabas::lz4 {

namespace {

/// Kafka's default level stands for the fast compressor, every other for the high one.
constexpr int kafka_default_level = 9;

std::string reason(std::size_t code) {
    return std::string("lz4: ") + LZ4F_getErrorName(code);
}

}  // namespace

std::expected<Bytes, std::string> compress(BytesView bytes, std::optional<int> level) {
    LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
    preferences.frameInfo.blockSizeID = LZ4F_max64KB;
    preferences.frameInfo.blockMode = LZ4F_blockIndependent;
    preferences.compressionLevel = level.value_or(kafka_default_level) == kafka_default_level ? 0 : std::max(*level, 3);
    Bytes out(LZ4F_compressFrameBound(bytes.size(), &preferences));
    const std::size_t size = LZ4F_compressFrame(out.data(), out.size(), bytes.data(), bytes.size(), &preferences);
    if (LZ4F_isError(size)) {
        return std::unexpected(reason(size));
    }
    out.resize(size);
    return out;
}

std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes) {
    LZ4F_dctx* raw = nullptr;
    if (const std::size_t code = LZ4F_createDecompressionContext(&raw, LZ4F_VERSION); LZ4F_isError(code)) {
        return std::unexpected(reason(code));
    }
    const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
        raw, LZ4F_freeDecompressionContext
    );
    GrowingOutput out(bytes.size() * 3, max_bytes);
    while (true) {
        const MutableBytes room = out.room();
        std::byte spill;  // reaching the limit is an error only if there is more
        std::size_t wrote = room.empty() ? 1 : room.size(), taken = bytes.size();
        const std::size_t hint =
            LZ4F_decompress(context.get(), room.empty() ? &spill : room.data(), &wrote, bytes.data(), &taken, nullptr);
        if (LZ4F_isError(hint)) {
            return std::unexpected(reason(hint));
        }
        if (room.empty() && wrote > 0) {
            return std::unexpected(out.too_large());
        }
        out.wrote(wrote);
        bytes = bytes.subspan(taken);
        if (hint == 0) {
            return std::move(out).finish();  // what follows the frame is nobody's, as in Kafka
        }
        if (taken == 0 && wrote == 0) {
            return std::unexpected("lz4: cut off");
        }
    }
}

}  // namespace barnabas::lz4
