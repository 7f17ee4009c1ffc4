#include "security/aes_gcm.h"

#include <openssl/crypto.h>

// Without its old names, which are those of others, too.
#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>

#include "common/check.h"

namespace barnabas {

namespace {

/// The library's functions for this processor; null where there is no memory. Lives as long as the process.
const IMB_MGR* multi_buffer() {
    static IMB_MGR* const made = [] {
        IMB_MGR* fresh = alloc_mb_mgr(0);
        if (fresh != nullptr) {
            init_mb_mgr_auto(fresh, nullptr);
        }
        return fresh;
    }();
    return made;
}

}  // namespace

struct AesGcm::State {
    gcm_key_data key;
    gcm_context_data message;
};

bool AesGcm::is_quick() {
    constexpr std::uint64_t wanted = IMB_CPUFLAGS_AVX512_T2;
    return multi_buffer() != nullptr && (multi_buffer()->features & wanted) == wanted;
}

AesGcm::AesGcm(std::span<const unsigned char> key) : long_key_(key.size() == 32), state_(std::make_unique<State>()) {
    CHECK(key.size() == 16 || key.size() == 32);
    (long_key_ ? multi_buffer()->gcm256_pre : multi_buffer()->gcm128_pre)(key.data(), &state_->key);
}

AesGcm::~AesGcm() {
    OPENSSL_cleanse(state_.get(), sizeof *state_);
}

void AesGcm::begin(std::span<const unsigned char, nonce_size> nonce, std::span<const unsigned char> header) {
    (long_key_ ? multi_buffer()->gcm256_init : multi_buffer()->gcm128_init)(
        &state_->key, &state_->message, nonce.data(), header.data(), header.size()
    );
}

void AesGcm::encrypt(std::span<const unsigned char> from, unsigned char* to) {
    (long_key_ ? multi_buffer()->gcm256_enc_update
               : multi_buffer()->gcm128_enc_update)(&state_->key, &state_->message, to, from.data(), from.size());
}

void AesGcm::decrypt(std::span<const unsigned char> from, unsigned char* to) {
    (long_key_ ? multi_buffer()->gcm256_dec_update
               : multi_buffer()->gcm128_dec_update)(&state_->key, &state_->message, to, from.data(), from.size());
}

void AesGcm::finish(std::span<unsigned char, tag_size> tag) {
    (long_key_ ? multi_buffer()->gcm256_enc_finalize
               : multi_buffer()->gcm128_enc_finalize)(&state_->key, &state_->message, tag.data(), tag.size());
}

}  // namespace barnabas
