#pragma once

#include <expected>
#include <optional>
#include <string>

#include "common/bytes.h"

namespace barnabas {

/// Kafka's four codecs in the framings that Kafka's clients write and read: gzip (RFC 1952), snappy in xerial's block
/// framing (plain snappy is read too), lz4 frames, zstd frames.
///
/// Decompression never yields more than `max_bytes`: a small input that would grow past it is an error, found before
/// the memory is taken. Errors are sentences.
namespace gzip {
inline constexpr int least_level = 1, most_level = 9;
std::expected<Bytes, std::string> compress(BytesView bytes, std::optional<int> level);
std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes);
}  // namespace gzip

namespace snappy_xerial {
std::expected<Bytes, std::string> compress(BytesView bytes);
std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes);
}  // namespace snappy_xerial

namespace lz4 {
std::expected<Bytes, std::string> compress(BytesView bytes, std::optional<int> level);
std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes);
}  // namespace lz4

namespace zstd {
std::expected<Bytes, std::string> compress(BytesView bytes, std::optional<int> level);
std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes);
}  // namespace zstd

}  // namespace barnabas
