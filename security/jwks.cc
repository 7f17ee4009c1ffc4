#include "security/jwks.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>

#include "common/base64.h"
#include "security/openssl.h"

namespace barnabas {

namespace {

using BigNumber = std::unique_ptr<BIGNUM, OpensslFree<BN_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, OpensslFree<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, OpensslFree<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, OpensslFree<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, OpensslFree<ECDSA_SIG_free>>;

enum class SignatureKind : std::uint8_t { rsa, rsa_pss, elliptic };

struct SignatureAlgorithm {
    std::string_view name;
    SignatureKind kind;
    const EVP_MD* (*digest)();
    std::size_t curve_bytes;  ///< of an elliptic curve's numbers
};
constexpr std::array algorithms{
    SignatureAlgorithm{"RS256", SignatureKind::rsa, EVP_sha256, 0},
    SignatureAlgorithm{"RS384", SignatureKind::rsa, EVP_sha384, 0},
    SignatureAlgorithm{"RS512", SignatureKind::rsa, EVP_sha512, 0},
    SignatureAlgorithm{"PS256", SignatureKind::rsa_pss, EVP_sha256, 0},
    SignatureAlgorithm{"PS384", SignatureKind::rsa_pss, EVP_sha384, 0},
    SignatureAlgorithm{"PS512", SignatureKind::rsa_pss, EVP_sha512, 0},
    SignatureAlgorithm{"ES256", SignatureKind::elliptic, EVP_sha256, 32},
    SignatureAlgorithm{"ES384", SignatureKind::elliptic, EVP_sha384, 48},
    SignatureAlgorithm{"ES512", SignatureKind::elliptic, EVP_sha512, 66},
};

const unsigned char* to_octets(BytesView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string member(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(text->data(), text->size()) : std::string();
}

std::optional<Bytes> number_member(const boost::json::object& object, std::string_view key) {
    auto bytes = decode_base64(member(object, key), Base64::url_safe);
    return bytes && !bytes->empty() && bytes->size() <= 2048 ? std::move(bytes) : std::nullopt;
}

std::shared_ptr<EVP_PKEY> make_key(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        return nullptr;
    }
    return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> rsa_key(const boost::json::object& object) {
    const auto modulus = number_member(object, "n");
    const auto exponent = number_member(object, "e");
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || !builder) {
        return nullptr;
    }
    const BigNumber n(BN_bin2bn(to_octets(*modulus), static_cast<int>(modulus->size()), nullptr));
    const BigNumber e(BN_bin2bn(to_octets(*exponent), static_cast<int>(exponent->size()), nullptr));
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return make_key("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> elliptic_key(const boost::json::object& object) {
    const std::string curve = member(object, "crv");
    const std::size_t size = curve == "P-256" ? 32 : curve == "P-384" ? 48 : curve == "P-521" ? 66 : 0;
    const auto x = number_member(object, "x");
    const auto y = number_member(object, "y");
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (size == 0 || !x || !y || x->size() > size || y->size() > size || !builder) {
        return nullptr;
    }
    Bytes point(1 + 2 * size);
    point[0] = std::byte{POINT_CONVERSION_UNCOMPRESSED};
    std::ranges::copy(*x, point.begin() + static_cast<std::ptrdiff_t>(1 + size - x->size()));
    std::ranges::copy(*y, point.begin() + static_cast<std::ptrdiff_t>(1 + 2 * size - y->size()));
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return make_key("EC", builder.get());
}

/// JOSE has the two numbers side by side, OpenSSL wants them as DER.
std::optional<Bytes> der_of(BytesView signature, std::size_t number_size) {
    if (signature.size() != 2 * number_size) {
        return std::nullopt;
    }
    const EcSignature numbers(ECDSA_SIG_new());
    const auto size = static_cast<int>(number_size);
    BigNumber r(BN_bin2bn(to_octets(signature), size, nullptr));
    BigNumber s(BN_bin2bn(to_octets(signature.subspan(number_size)), size, nullptr));
    if (!numbers || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) {
        return std::nullopt;
    }
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(numbers.get(), &der);
    if (length <= 0) {
        return std::nullopt;
    }
    const auto* first = reinterpret_cast<const std::byte*>(der);
    Bytes bytes(first, first + length);
    OPENSSL_free(der);
    return bytes;
}

bool verify_with(EVP_PKEY* key, const SignatureAlgorithm& algorithm, std::string_view text, BytesView signature) {
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* key_context = nullptr;
    if (!context || EVP_DigestVerifyInit(context.get(), &key_context, algorithm.digest(), nullptr, key) != 1) {
        return false;
    }
    if (algorithm.kind == SignatureKind::rsa_pss &&
        (EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) != 1)) {
        return false;
    }
    return EVP_DigestVerify(
               context.get(), to_octets(signature), signature.size(), to_octets(as_bytes(text)), text.size()
           ) == 1;
}

}  // namespace

std::optional<Jwks::Key> Jwks::read_key(std::string_view json) {
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse({json.data(), json.size()}, error);
    const auto* object = value.if_object();
    if (error || object == nullptr) {
        return std::nullopt;
    }
    const std::string use = member(*object, "use");
    if (!use.empty() && use != "sig") {
        return std::nullopt;
    }
    const bool elliptic = member(*object, "kty") == "EC";
    auto key = elliptic ? elliptic_key(*object) : member(*object, "kty") == "RSA" ? rsa_key(*object) : nullptr;
    if (!key) {
        return std::nullopt;
    }
    const int bits = EVP_PKEY_get_bits(key.get());
    return Key{member(*object, "kid"), member(*object, "alg"), elliptic, bits, std::move(key)};
}

Expected<Jwks> Jwks::parse(std::string_view json) {
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse({json.data(), json.size()}, error);
    const auto* object = value.if_object();
    const auto* keys = object != nullptr ? object->if_contains("keys") : nullptr;
    if (error || keys == nullptr || !keys->is_array()) {
        return fail(ErrorCode::invalid_config, "it is no JSON Web Key Set: {\"keys\": [...]}");
    }
    Jwks all;
    for (const auto& each : keys->get_array()) {
        if (auto key = read_key(boost::json::serialize(each))) {
            all.keys_.push_back(*std::move(key));
        }
    }
    if (all.keys_.empty()) {
        return fail(ErrorCode::invalid_config, "the JSON Web Key Set has no RSA or elliptic key for signatures");
    }
    return all;
}

bool Jwks::has_key(std::string_view key_id) const {
    return std::ranges::find(keys_, key_id, &Key::id) != keys_.end();
}

bool Jwks::verify(std::string_view algorithm, std::string_view key_id, std::string_view text, BytesView signature)
    const {
    const auto* known = std::ranges::find(algorithms, algorithm, &SignatureAlgorithm::name);
    if (known == algorithms.end()) {
        return false;
    }
    const bool elliptic = known->kind == SignatureKind::elliptic;
    auto der = elliptic ? der_of(signature, known->curve_bytes) : std::nullopt;
    if (elliptic && !der) {
        return false;
    }
    const BytesView shown = der ? BytesView(*der) : signature;
    return std::ranges::any_of(keys_, [&](const Key& key) {
        const bool fits = key.elliptic == elliptic && (key.algorithm.empty() || key.algorithm == algorithm) &&
                          (key_id.empty() || key.id == key_id) &&
                          (!elliptic || static_cast<std::size_t>(key.bits + 7) / 8 == known->curve_bytes);
        return fits && verify_with(key.key.get(), *known, text, shown);
    });
}

}  // namespace barnabas
