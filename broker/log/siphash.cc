#include "log/siphash.h"

#include <bit>
#include <cstring>

namespace barnabas {

namespace {

static_assert(std::endian::native == std::endian::little);

class Sip {
public:
    explicit Sip(std::array<std::uint64_t, 2> secret)
        : v0_(secret[0] ^ 0x736f6d6570736575),
          v1_(secret[1] ^ 0x646f72616e646f6d ^ 0xee),
          v2_(secret[0] ^ 0x6c7967656e657261),
          v3_(secret[1] ^ 0x7465646279746573) {}

    void take(std::uint64_t word) {
        v3_ ^= word;
        rounds(2);
        v0_ ^= word;
    }

    Hash128 finish() {
        v2_ ^= 0xee;
        rounds(4);
        const std::uint64_t low = v0_ ^ v1_ ^ v2_ ^ v3_;
        v1_ ^= 0xdd;
        rounds(4);
        return {low, v0_ ^ v1_ ^ v2_ ^ v3_};
    }

private:
    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            v0_ += v1_;
            v2_ += v3_;
            v1_ = std::rotl(v1_, 13) ^ v0_;
            v3_ = std::rotl(v3_, 16) ^ v2_;
            v0_ = std::rotl(v0_, 32);
            v2_ += v1_;
            v0_ += v3_;
            v1_ = std::rotl(v1_, 17) ^ v2_;
            v3_ = std::rotl(v3_, 21) ^ v0_;
            v2_ = std::rotl(v2_, 32);
        }
    }

    std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace

Hash128 siphash_128(std::array<std::uint64_t, 2> secret, BytesView bytes) {
    Sip sip(secret);
    const std::uint64_t size = bytes.size();
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
        std::memcpy(&word, bytes.data(), sizeof word);
        sip.take(word);
    }
    word = size << 56;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        word |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    sip.take(word);
    return sip.finish();
}

}  // namespace barnabas
