#include <snappy.h>

#include <array>

#include "common/big_endian.h"
#include "common/compression.h"

namespace barnabas::snappy_xerial {

namespace {

constexpr std::size_t block_bytes = 32 * 1024, header_bytes = 16;
constexpr std::array<std::byte, 8> magic{std::byte{0x82}, std::byte{'S'}, std::byte{'N'}, std::byte{'A'},
                                         std::byte{'P'},  std::byte{'P'}, std::byte{'Y'}, std::byte{0}};

bool begins_with_header(BytesView bytes) {
    return bytes.size() >= header_bytes && std::equal(magic.begin(), magic.end(), bytes.begin());
}

const char* chars(BytesView bytes) {
    return reinterpret_cast<const char*>(bytes.data());
}

std::expected<void, std::string> append_block(BytesView block, std::size_t max_bytes, Bytes& out) {
    std::size_t size = 0;
    if (!snappy::GetUncompressedLength(chars(block), block.size(), &size)) {
        return std::unexpected("snappy: a block without a length");
    }
    if (size > max_bytes - out.size()) {
        return std::unexpected("grows past " + std::to_string(max_bytes) + " bytes");
    }
    // Snappy's densest element makes 64 bytes of 3, so a longer claim is a lie that would cost memory.
    if (size > block.size() * 32 || !snappy::IsValidCompressedBuffer(chars(block), block.size())) {
        return std::unexpected("snappy: a corrupt block");
    }
    const std::size_t at = out.size();
    out.resize(at + size);
    if (!snappy::RawUncompress(chars(block), block.size(), reinterpret_cast<char*>(out.data() + at))) {
        return std::unexpected("snappy: a corrupt block");
    }
    return {};
}

}  // namespace

std::expected<Bytes, std::string> compress(BytesView bytes) {
    Bytes out(header_bytes);
    std::copy(magic.begin(), magic.end(), out.begin());
    store_big_endian<std::int32_t>(out.data() + 8, 1);   // version
    store_big_endian<std::int32_t>(out.data() + 12, 1);  // lowest version that can read it
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(block_bytes, bytes.size()))) {
        const BytesView block = bytes.first(std::min(block_bytes, bytes.size()));
        const std::size_t at = out.size();
        out.resize(at + 4 + snappy::MaxCompressedLength(block.size()));
        std::size_t size = 0;
        snappy::RawCompress(chars(block), block.size(), reinterpret_cast<char*>(out.data() + at + 4), &size);
        store_big_endian(out.data() + at, static_cast<std::int32_t>(size));
        out.resize(at + 4 + size);
    }
    return out;
}

std::expected<Bytes, std::string> decompress(BytesView bytes, std::size_t max_bytes) {
    Bytes out;
    if (!begins_with_header(bytes)) {
        if (auto done = append_block(bytes, max_bytes, out); !done) {
            return std::unexpected(done.error());
        }
        return out;
    }
    while (!bytes.empty()) {
        // Streams may be joined, so that a header stands again where a block's length would.
        if (begins_with_header(bytes)) {
            bytes = bytes.subspan(header_bytes);
            continue;
        }
        if (bytes.size() < 4) {
            return std::unexpected("snappy: cut off in a block's length");
        }
        const auto size = load_big_endian<std::uint32_t>(bytes.data());
        if (size > bytes.size() - 4) {
            return std::unexpected("snappy: cut off in a block");
        }
        if (auto done = append_block(bytes.subspan(4, size), max_bytes, out); !done) {
            return std::unexpected(done.error());
        }
        bytes = bytes.subspan(4 + size);
    }
    return out;
}

}  // namespace barnabas::snappy_xerial
