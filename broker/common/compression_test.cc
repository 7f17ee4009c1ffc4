#include "common/compression.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "common/big_endian.h"

namespace barnabas {
namespace {

struct Codec {
    const char* name;
    std::function<std::expected<Bytes, std::string>(BytesView)> compress;
    std::function<std::expected<Bytes, std::string>(BytesView, std::size_t)> decompress;
};

std::vector<Codec> codecs() {
    return {
        {"gzip", [](BytesView bytes) { return gzip::compress(bytes, std::nullopt); }, gzip::decompress},
        {"gzip 9", [](BytesView bytes) { return gzip::compress(bytes, 9); }, gzip::decompress},
        {"snappy", snappy_xerial::compress, snappy_xerial::decompress},
        {"lz4", [](BytesView bytes) { return lz4::compress(bytes, std::nullopt); }, lz4::decompress},
        {"lz4 12", [](BytesView bytes) { return lz4::compress(bytes, 12); }, lz4::decompress},
        {"zstd", [](BytesView bytes) { return zstd::compress(bytes, std::nullopt); }, zstd::decompress},
        {"zstd -5", [](BytesView bytes) { return zstd::compress(bytes, -5); }, zstd::decompress},
    };
}

Bytes noise(std::size_t size) {
    std::mt19937 random(7);
    Bytes bytes(size);
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(random() & 0x3f);
    }
    return bytes;
}

TEST(Compression, GivesBackWhatItTook) {
    for (const Codec& codec : codecs()) {
        for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 100, 32768, 65536, 65537, 1000000}) {
            const Bytes bytes = noise(size);
            const auto small = codec.compress(bytes);
            ASSERT_TRUE(small) << codec.name;
            const auto again = codec.decompress(*small, size);
            ASSERT_TRUE(again) << codec.name << " " << size << ": " << again.error();
            EXPECT_EQ(*again, bytes) << codec.name << " " << size;
        }
    }
}

TEST(Compression, StopsAtTheLimit) {
    for (const Codec& codec : codecs()) {
        const auto small = codec.compress(Bytes(1000000));
        const auto again = codec.decompress(*small, 999999);
        ASSERT_FALSE(again) << codec.name;
        EXPECT_EQ(again.error(), "grows past 999999 bytes") << codec.name;
    }
}

TEST(Compression, RefusesWhatIsCutOff) {
    for (const Codec& codec : codecs()) {
        const auto small = codec.compress(noise(1000));
        // The last bytes of a frame may be an end mark: what comes without it is an error all the same.
        for (const std::size_t size : {small->size() - 1, small->size() / 2, std::size_t{20}}) {
            EXPECT_FALSE(codec.decompress(BytesView(*small).first(size), 1 << 20)) << codec.name << " " << size;
        }
    }
}

TEST(Compression, ReadsPlainSnappy) {
    // A literal of 5 bytes: length 5, tag (5 - 1) << 2.
    const Bytes plain{std::byte{5},   std::byte{16},  std::byte{'h'}, std::byte{'e'},
                      std::byte{'l'}, std::byte{'l'}, std::byte{'o'}};
    const auto read = snappy_xerial::decompress(plain, 100);
    ASSERT_TRUE(read);
    EXPECT_EQ(as_text(*read), "hello");
}

TEST(Compression, ReadsJoinedGzipMembersAndSnappyStreams) {
    Bytes two = *gzip::compress(as_bytes("one "), std::nullopt);
    const Bytes second = *gzip::compress(as_bytes("two"), std::nullopt);
    two.insert(two.end(), second.begin(), second.end());
    EXPECT_EQ(as_text(*gzip::decompress(two, 100)), "one two");

    Bytes joined = *snappy_xerial::compress(as_bytes("one "));
    const Bytes other = *snappy_xerial::compress(as_bytes("two"));
    joined.insert(joined.end(), other.begin(), other.end());
    EXPECT_EQ(as_text(*snappy_xerial::decompress(joined, 100)), "one two");
}

TEST(Compression, WritesKafkasLz4Frames) {
    const Bytes frame = *lz4::compress(as_bytes("hello"), std::nullopt);
    EXPECT_EQ(load_big_endian<std::uint32_t>(frame.data()), 0x04224d18U);
    EXPECT_EQ(frame[4], std::byte{0x60});  // version 1, independent blocks, no checksums
    EXPECT_EQ(frame[5], std::byte{0x40});  // blocks of 64 KB
}

}  // namespace
}  // namespace barnabas
