#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace barnabas {

/// AES-GCM under one key, with nonces of 12 bytes and tags of 16, by Intel's Multi-Buffer library: with the wide
/// instructions of newer processors (VAES, AVX-512) it takes 40 % of the time of OpenSSL 3.0, which does not use them.
/// One message at a time: `begin`, then `encrypt` or `decrypt` piece by piece, then `finish`. One thread at a time.
class AesGcm {
public:
    static constexpr std::size_t nonce_size = 12;
    static constexpr std::size_t tag_size = 16;

    /// Whether this processor has those instructions; nothing else may be called where it has not. Any thread.
    [[nodiscard]] static bool is_quick();

    /// `key` has 16 or 32 bytes.
    explicit AesGcm(std::span<const unsigned char> key);
    ~AesGcm();
    AesGcm(const AesGcm&) = delete;
    AesGcm& operator=(const AesGcm&) = delete;

    /// `nonce` must be another for each message that is encrypted under a key.
    void begin(std::span<const unsigned char, nonce_size> nonce, std::span<const unsigned char> header);
    /// `to` has as much room as `from` has bytes, and may be the same.
    void encrypt(std::span<const unsigned char> from, unsigned char* to);
    void decrypt(std::span<const unsigned char> from, unsigned char* to);
    void finish(std::span<unsigned char, tag_size> tag);

private:
    struct State;
    const bool long_key_;
    const std::unique_ptr<State> state_;
};

}  // namespace barnabas
