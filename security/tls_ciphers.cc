#include "security/tls_ciphers.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "common/big_endian.h"
#include "security/aes_gcm.h"

namespace barnabas {

namespace {

/// The bytes of a nonce that TLS 1.2 sends with each record (RFC 5288), and what goes before them.
constexpr std::size_t sent_nonce = 8;
constexpr std::size_t fixed_nonce = AesGcm::nonce_size - sent_nonce;

/// What OpenSSL's EVP_CIPHER_CTX has of us: a direction of a connection.
class GcmOfTls {
public:
    explicit GcmOfTls(std::size_t key_size) : key_size_(key_size) {}
    ~GcmOfTls() { OPENSSL_cleanse(nonce_.data(), nonce_.size()); }
    GcmOfTls(const GcmOfTls&) = delete;
    GcmOfTls& operator=(const GcmOfTls&) = delete;

    [[nodiscard]] std::size_t key_size() const { return key_size_; }
    [[nodiscard]] bool encrypts() const { return encrypts_; }
    [[nodiscard]] const std::array<unsigned char, AesGcm::tag_size>& tag() const { return tag_; }

    bool start(bool encrypts, std::span<const unsigned char> key, std::span<const unsigned char> nonce);
    bool expect(std::span<const unsigned char> tag);
    bool add_header(std::span<const unsigned char> bytes);
    bool process(std::span<const unsigned char> from, unsigned char* to);
    bool finish();

    /// TLS 1.2: the part of the nonce that is not sent; the next record's header, with the length that OpenSSL knows;
    /// and the record in its place, with room for nonce and tag. The size of what is meant by it, or nothing.
    bool fix_nonce(std::span<const unsigned char> fixed);
    bool begin_record(std::span<const unsigned char> header);
    [[nodiscard]] bool in_record() const { return in_record_; }
    std::optional<std::size_t> process_record(std::span<unsigned char> record);

private:
    [[nodiscard]] bool begin();
    [[nodiscard]] bool tag_is(std::span<const unsigned char> expected);

    const std::size_t key_size_;
    std::optional<AesGcm> gcm_;
    bool encrypts_ = true;
    bool nonce_is_new_ = false;  ///< none is used twice
    bool begun_ = false;
    bool expects_tag_ = false;
    bool in_record_ = false;
    bool counts_nonces_ = false;
    std::uint64_t records_ = 0;
    std::size_t header_size_ = 0;
    std::array<unsigned char, AesGcm::nonce_size> nonce_{};
    std::array<unsigned char, AesGcm::tag_size> tag_{};
    std::array<unsigned char, 32> header_{};
};

bool GcmOfTls::start(bool encrypts, std::span<const unsigned char> key, std::span<const unsigned char> nonce) {
    encrypts_ = encrypts;
    begun_ = false;
    in_record_ = false;
    header_size_ = 0;
    if (!key.empty()) {
        if (key.size() != key_size_) {
            return false;
        }
        gcm_.emplace(key);
        nonce_is_new_ = false;
        counts_nonces_ = false;
    }
    if (!nonce.empty()) {
        if (nonce.size() != nonce_.size()) {
            return false;
        }
        std::ranges::copy(nonce, nonce_.begin());
        nonce_is_new_ = true;
        counts_nonces_ = false;
    }
    return true;
}

bool GcmOfTls::expect(std::span<const unsigned char> tag) {
    if (encrypts_ || tag.size() != tag_.size()) {
        return false;
    }
    std::ranges::copy(tag, tag_.begin());
    expects_tag_ = true;
    return true;
}

bool GcmOfTls::add_header(std::span<const unsigned char> bytes) {
    if (begun_ || bytes.size() > header_.size() - header_size_) {
        return false;
    }
    std::ranges::copy(bytes, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += bytes.size();
    return true;
}

bool GcmOfTls::begin() {
    if (!gcm_ || !nonce_is_new_) {
        return false;
    }
    gcm_->begin(nonce_, std::span(header_).first(header_size_));
    nonce_is_new_ = false;
    header_size_ = 0;
    begun_ = true;
    return true;
}

bool GcmOfTls::process(std::span<const unsigned char> from, unsigned char* to) {
    if (!begun_ && !begin()) {
        return false;
    }
    encrypts_ ? gcm_->encrypt(from, to) : gcm_->decrypt(from, to);
    return true;
}

bool GcmOfTls::tag_is(std::span<const unsigned char> expected) {
    std::array<unsigned char, AesGcm::tag_size> found;
    gcm_->finish(found);
    return CRYPTO_memcmp(found.data(), expected.data(), found.size()) == 0;
}

bool GcmOfTls::finish() {
    if ((!begun_ && !begin()) || (!encrypts_ && !expects_tag_)) {
        return false;
    }
    begun_ = false;
    expects_tag_ = false;
    if (encrypts_) {
        gcm_->finish(tag_);
        return true;
    }
    return tag_is(tag_);
}

bool GcmOfTls::fix_nonce(std::span<const unsigned char> fixed) {
    if (!gcm_ || fixed.size() != fixed_nonce) {
        return false;
    }
    std::ranges::copy(fixed, nonce_.begin());
    counts_nonces_ = !encrypts_ || RAND_bytes(nonce_.data() + fixed_nonce, sent_nonce) == 1;
    records_ = 0;
    return counts_nonces_;
}

bool GcmOfTls::begin_record(std::span<const unsigned char> header) {
    constexpr std::size_t size = EVP_AEAD_TLS1_AAD_LEN;
    if (!counts_nonces_ || header.size() != size) {
        return false;
    }
    std::ranges::copy(header, header_.begin());
    const std::size_t around = sent_nonce + (encrypts_ ? 0 : AesGcm::tag_size);
    const std::size_t length = std::size_t{header_[size - 2]} << 8U | header_[size - 1];
    if (length < around) {
        return false;
    }
    header_[size - 2] = static_cast<unsigned char>((length - around) >> 8U);
    header_[size - 1] = static_cast<unsigned char>(length - around);
    header_size_ = size;
    in_record_ = true;
    return true;
}

std::optional<std::size_t> GcmOfTls::process_record(std::span<unsigned char> record) {
    in_record_ = false;
    if (record.size() < sent_nonce + AesGcm::tag_size || (encrypts_ && ++records_ == 0)) {
        return std::nullopt;
    }
    const auto sent = std::span(nonce_).last<sent_nonce>();
    const std::span<unsigned char> content = record.subspan(sent_nonce, record.size() - sent_nonce - AesGcm::tag_size);
    const auto tag = record.last<AesGcm::tag_size>();
    if (!encrypts_) {
        std::ranges::copy(record.first<sent_nonce>(), sent.begin());
    }
    nonce_is_new_ = true;
    if (!begin()) {
        return std::nullopt;
    }
    begun_ = false;
    if (!encrypts_) {
        gcm_->decrypt(content, content.data());
        if (!tag_is(tag)) {
            OPENSSL_cleanse(content.data(), content.size());
            return std::nullopt;
        }
        return content.size();
    }
    std::ranges::copy(sent, record.begin());
    gcm_->encrypt(content, content.data());
    gcm_->finish(tag);
    auto* const counter = reinterpret_cast<std::byte*>(sent.data());
    store_big_endian(counter, load_big_endian<std::uint64_t>(counter) + 1);
    return record.size();
}

GcmOfTls& gcm_of(void* context) {
    return *static_cast<GcmOfTls*>(context);
}

template <std::size_t key_size>
void* make_gcm(void*) {
    return new GcmOfTls(key_size);  // OpenSSL owns it until it calls `free_gcm`
}

void free_gcm(void* context) {
    const std::unique_ptr<GcmOfTls> owned(static_cast<GcmOfTls*>(context));
}

std::span<const unsigned char> octets(const unsigned char* at, std::size_t size) {
    return at != nullptr ? std::span(at, size) : std::span<const unsigned char>();
}

std::span<const unsigned char> octets(const OSSL_PARAM& parameter) {
    return octets(static_cast<const unsigned char*>(parameter.data), parameter.data_size);
}

int set_gcm(void* context, const OSSL_PARAM given[]) {
    GcmOfTls& gcm = gcm_of(context);
    for (const OSSL_PARAM* each = given; each != nullptr && each->key != nullptr; ++each) {
        const std::string_view key = each->key;
        std::size_t number = 0;
        const bool taken =
            key == OSSL_CIPHER_PARAM_AEAD_TAG
                ? (each->data == nullptr && each->data_size == AesGcm::tag_size) || gcm.expect(octets(*each))
            : key == OSSL_CIPHER_PARAM_AEAD_TLS1_AAD      ? gcm.begin_record(octets(*each))
            : key == OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED ? gcm.fix_nonce(octets(*each))
            : key == OSSL_CIPHER_PARAM_AEAD_IVLEN
                ? OSSL_PARAM_get_size_t(each, &number) == 1 && number == AesGcm::nonce_size
            : key == OSSL_CIPHER_PARAM_KEYLEN ? OSSL_PARAM_get_size_t(each, &number) == 1 && number == gcm.key_size()
                                              : true;
        if (!taken) {
            return 0;
        }
    }
    return 1;
}

int get_gcm(void* context, OSSL_PARAM asked[]) {
    const GcmOfTls& gcm = gcm_of(context);
    for (OSSL_PARAM* each = asked; each != nullptr && each->key != nullptr; ++each) {
        const std::string_view key = each->key;
        const bool told = key == OSSL_CIPHER_PARAM_KEYLEN        ? OSSL_PARAM_set_size_t(each, gcm.key_size()) == 1
                          : key == OSSL_CIPHER_PARAM_AEAD_IVLEN  ? OSSL_PARAM_set_size_t(each, AesGcm::nonce_size) == 1
                          : key == OSSL_CIPHER_PARAM_AEAD_TAGLEN ? OSSL_PARAM_set_size_t(each, AesGcm::tag_size) == 1
                          : key == OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD
                              ? OSSL_PARAM_set_size_t(each, AesGcm::tag_size) == 1
                          : key == OSSL_CIPHER_PARAM_AEAD_TAG
                              ? gcm.encrypts() && each->data_size <= gcm.tag().size() &&
                                    OSSL_PARAM_set_octet_string(each, gcm.tag().data(), each->data_size) == 1
                              : true;
        if (!told) {
            return 0;
        }
    }
    return 1;
}

template <bool encrypts>
int start_gcm(
    void* context, const unsigned char* key, std::size_t key_size, const unsigned char* nonce, std::size_t nonce_size,
    const OSSL_PARAM given[]
) {
    const bool started = gcm_of(context).start(encrypts, octets(key, key_size), octets(nonce, nonce_size));
    return started ? set_gcm(context, given) : 0;
}

int update_gcm(
    void* context, unsigned char* to, std::size_t* written, std::size_t room, const unsigned char* from,
    std::size_t size
) {
    GcmOfTls& gcm = gcm_of(context);
    *written = 0;
    if (gcm.in_record()) {
        const auto done = to == from && room >= size ? gcm.process_record({to, size}) : std::nullopt;
        *written = done.value_or(0);
        return done ? 1 : 0;
    }
    if (size == 0) {
        return 1;
    }
    if (to == nullptr ? !gcm.add_header({from, size}) : room < size || !gcm.process({from, size}, to)) {
        return 0;
    }
    *written = size;
    return 1;
}

int finish_gcm(void* context, unsigned char*, std::size_t* written, std::size_t) {
    *written = 0;
    return gcm_of(context).finish() ? 1 : 0;
}

template <std::size_t key_size>
int describe_gcm(OSSL_PARAM asked[]) {
    for (OSSL_PARAM* each = asked; each != nullptr && each->key != nullptr; ++each) {
        const std::string_view key = each->key;
        const bool told = key == OSSL_CIPHER_PARAM_MODE         ? OSSL_PARAM_set_uint(each, EVP_CIPH_GCM_MODE) == 1
                          : key == OSSL_CIPHER_PARAM_AEAD       ? OSSL_PARAM_set_int(each, 1) == 1
                          : key == OSSL_CIPHER_PARAM_CUSTOM_IV  ? OSSL_PARAM_set_int(each, 1) == 1
                          : key == OSSL_CIPHER_PARAM_KEYLEN     ? OSSL_PARAM_set_size_t(each, key_size) == 1
                          : key == OSSL_CIPHER_PARAM_IVLEN      ? OSSL_PARAM_set_size_t(each, AesGcm::nonce_size) == 1
                          : key == OSSL_CIPHER_PARAM_BLOCK_SIZE ? OSSL_PARAM_set_size_t(each, 1) == 1
                                                                : true;
        if (!told) {
            return 0;
        }
    }
    return 1;
}

template <class Function>
OSSL_DISPATCH row(int id, Function* function) {
    return {id, reinterpret_cast<void (*)()>(function)};
}

template <std::size_t key_size>
const OSSL_DISPATCH* functions_of_gcm() {
    static const std::array<OSSL_DISPATCH, 10> rows{
        row(OSSL_FUNC_CIPHER_NEWCTX, make_gcm<key_size>),
        row(OSSL_FUNC_CIPHER_FREECTX, free_gcm),
        row(OSSL_FUNC_CIPHER_ENCRYPT_INIT, start_gcm<true>),
        row(OSSL_FUNC_CIPHER_DECRYPT_INIT, start_gcm<false>),
        row(OSSL_FUNC_CIPHER_UPDATE, update_gcm),
        row(OSSL_FUNC_CIPHER_FINAL, finish_gcm),
        row(OSSL_FUNC_CIPHER_GET_PARAMS, describe_gcm<key_size>),
        row(OSSL_FUNC_CIPHER_GET_CTX_PARAMS, get_gcm),
        row(OSSL_FUNC_CIPHER_SET_CTX_PARAMS, set_gcm),
        OSSL_DISPATCH{}
    };
    return rows.data();
}

const OSSL_ALGORITHM* ciphers_of_ours(void*, int operation, int* no_cache) {
    static const std::array<OSSL_ALGORITHM, 3> rows{
        OSSL_ALGORITHM{
            "AES-128-GCM:id-aes128-GCM:2.16.840.1.101.3.4.1.6", "provider=barnabas", functions_of_gcm<16>(), "for TLS"
        },
        OSSL_ALGORITHM{
            "AES-256-GCM:id-aes256-GCM:2.16.840.1.101.3.4.1.46", "provider=barnabas", functions_of_gcm<32>(), "for TLS"
        },
        OSSL_ALGORITHM{}
    };
    *no_cache = 0;
    return operation == OSSL_OP_CIPHER ? rows.data() : nullptr;
}

int begin_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** context) {
    static const std::array<OSSL_DISPATCH, 2> rows{
        row(OSSL_FUNC_PROVIDER_QUERY_OPERATION, ciphers_of_ours), OSSL_DISPATCH{}
    };
    static char nothing = 0;
    *functions = rows.data();
    *context = &nothing;
    return 1;
}

}  // namespace

const char* tls_cipher_properties() {
    static OSSL_PROVIDER* const provider = [] {
        const bool wanted = AesGcm::is_quick() && EVP_default_properties_is_fips_enabled(nullptr) == 0 &&
                            OSSL_PROVIDER_add_builtin(nullptr, "barnabas", begin_provider) == 1;
        return wanted ? OSSL_PROVIDER_try_load(nullptr, "barnabas", 1) : nullptr;
    }();
    return provider != nullptr ? "?provider=barnabas" : nullptr;
}

}  // namespace barnabas
