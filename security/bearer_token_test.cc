#include "security/bearer_token.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <fmt/format.h>

#include <memory>

#include "common/base64.h"
#include "security/sasl_oauthbearer.h"

namespace barnabas {

namespace {

constexpr Timestamp token_now{std::chrono::seconds(1'000'000)};

std::string url_base64(BytesView bytes) {
    return encode_base64(bytes, Base64::url_safe);
}

/// A key that signs, and how it is published.
class Signer {
public:
    explicit Signer(bool elliptic)
        : elliptic_(elliptic), key_(elliptic ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048), EVP_PKEY_free) {}

    [[nodiscard]] std::string jwk(std::string_view id) const {
        return elliptic_
                   ? fmt::format(
                         R"({{"kty":"EC","crv":"P-256","kid":"{}","x":"{}","y":"{}"}})", id, number("qx"), number("qy")
                     )
                   : fmt::format(
                         R"({{"kty":"RSA","use":"sig","kid":"{}","n":"{}","e":"{}"}})", id, number("n"), number("e")
                     );
    }

    [[nodiscard]] std::string sign(std::string_view header, std::string_view claims) const {
        const std::string text = url_base64(as_bytes(header)) + "." + url_base64(as_bytes(claims));
        return text + "." + url_base64(signature(text));
    }

private:
    [[nodiscard]] std::string number(const char* name) const {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(key_.get(), name, &value);
        Bytes bytes(static_cast<std::size_t>(elliptic_ ? 32 : BN_num_bytes(value)));
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
        BN_free(value);
        return url_base64(bytes);
    }

    [[nodiscard]] Bytes signature(std::string_view text) const {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        Bytes out(512);
        std::size_t size = out.size();
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
        EVP_DigestSign(
            context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
            reinterpret_cast<const unsigned char*>(text.data()), text.size()
        );
        out.resize(size);
        if (!elliptic_) {
            return out;
        }
        const auto* der = reinterpret_cast<const unsigned char*>(out.data());
        ECDSA_SIG* numbers = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size));
        Bytes raw(64);
        auto* octets_out = reinterpret_cast<unsigned char*>(raw.data());
        BN_bn2binpad(ECDSA_SIG_get0_r(numbers), octets_out, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers), octets_out + 32, 32);
        ECDSA_SIG_free(numbers);
        return raw;
    }

    bool elliptic_;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

const Signer& rsa_signer() {
    static const Signer signer(false);
    return signer;
}
const Signer& ec_signer() {
    static const Signer signer(true);
    return signer;
}

const Jwks& published() {
    static const Jwks keys = *Jwks::parse(
        fmt::format(R"({{"keys":[{},{},{{"kty":"oct","k":"AA"}}]}})", rsa_signer().jwk("r"), ec_signer().jwk("e"))
    );
    return keys;
}

constexpr std::string_view good_claims =
    R"({"sub":"alice","iss":"https://issuer","aud":["kafka","x"],"iat":999000,"exp":1000600,"scope":"a b"})";

/// The principal, or why not.
std::string outcome(const std::string& token, const BearerRules& rules = {}, const Jwks* keys = &published()) {
    const auto checked = check_bearer_token(token, rules, keys, token_now);
    return checked ? checked->principal : checked.error().reason;
}

std::string rsa_token(std::string_view claims) {
    return rsa_signer().sign(R"({"alg":"RS256","kid":"r"})", claims);
}

}  // namespace

TEST(BearerToken, with_a_published_key_s_signature_is_taken) {
    EXPECT_EQ(outcome(rsa_token(good_claims)), "alice");
    EXPECT_EQ(outcome(rsa_signer().sign(R"({"alg":"RS256"})", good_claims)), "alice");
    EXPECT_EQ(outcome(ec_signer().sign(R"({"alg":"ES256","kid":"e"})", good_claims)), "alice");
    const auto checked = check_bearer_token(rsa_token(good_claims), {}, &published(), token_now);
    EXPECT_EQ(checked->expires, Timestamp(std::chrono::seconds(1'000'600)));
}

TEST(BearerToken, of_anybody_else_is_not) {
    const Signer stranger(false);
    EXPECT_NE(outcome(stranger.sign(R"({"alg":"RS256","kid":"r"})", good_claims)), "alice");
    EXPECT_NE(outcome(stranger.sign(R"({"alg":"RS256"})", good_claims)), "alice");
    EXPECT_NE(outcome(unsecured_bearer_token({{"sub", "alice"}}, token_now, std::chrono::hours(1))), "alice");
    EXPECT_NE(outcome(rsa_signer().sign(R"({"alg":"HS256","kid":"r"})", good_claims)), "alice");
    EXPECT_NE(outcome(rsa_signer().sign(R"({"alg":"ES256","kid":"r"})", good_claims)), "alice");
    EXPECT_NE(outcome(rsa_signer().sign(R"({"alg":"RS256","kid":"r","crit":["x"]})", good_claims)), "alice");
    EXPECT_NE(outcome(rsa_token(good_claims), {}, nullptr), "alice");
    std::string spoiled = rsa_token(good_claims);
    spoiled[spoiled.find('.') + 5] ^= 1;
    EXPECT_NE(outcome(spoiled), "alice");
    const auto unknown = check_bearer_token(
        rsa_signer().sign(R"({"alg":"RS256","kid":"new"})", good_claims), {}, &published(), token_now
    );
    ASSERT_FALSE(unknown);
    EXPECT_TRUE(unknown.error().unknown_key);
}

TEST(BearerToken, must_be_meant_for_us_now) {
    BearerRules rules;
    rules.audiences = {"kafka"};
    rules.issuer = "https://issuer";
    EXPECT_EQ(outcome(rsa_token(good_claims), rules), "alice");
    rules.audiences = {"other"};
    EXPECT_EQ(outcome(rsa_token(good_claims), rules), "the token is for 'kafka,x', not for 'other'");
    rules.audiences = {};
    rules.issuer = "https://other";
    EXPECT_EQ(
        outcome(rsa_token(good_claims), rules), "the token is issued by 'https://issuer', not by 'https://other'"
    );
    EXPECT_EQ(outcome(rsa_token(R"({"sub":"a","iat":1,"exp":999990})")), "the token expired 10 s ago");
    rules = {};
    rules.skew = std::chrono::seconds(30);
    EXPECT_EQ(outcome(rsa_token(R"({"sub":"a","iat":1,"exp":999990})"), rules), "a");
    EXPECT_NE(outcome(rsa_token(R"({"sub":"a","iat":1,"nbf":1000031,"exp":1000600})"), rules), "a");
    EXPECT_NE(outcome(rsa_token(R"({"sub":"a","iat":1})")), "a");
    EXPECT_NE(outcome(rsa_token(R"({"sub":"a","exp":1000600})")), "a");
    EXPECT_NE(outcome(rsa_token(R"({"sub":"","iat":1,"exp":1000600})")), "");
    EXPECT_NE(outcome(rsa_token(R"({"sub":5,"iat":1,"exp":1000600})")), "5");
    rules.principal_claim = "email";
    EXPECT_EQ(outcome(rsa_token(R"({"email":"a@b","iat":1,"exp":1000600})"), rules), "a@b");
    rules.required_scope = {"b", "c"};
    const auto unfit = check_bearer_token(
        rsa_token(R"({"email":"a@b","iat":1,"exp":1000600,"scope":["b"]})"), rules, &published(), token_now
    );
    ASSERT_FALSE(unfit);
    EXPECT_EQ(unfit.error().status, "insufficient_scope");
    EXPECT_EQ(unfit.error().scope, "b c");
}

TEST(BearerToken, that_is_none_is_said_to_be_none) {
    for (const std::string token : {"", ".", "..", "a.b", "a.b.c", "e30.e30", "e30.W10.", "e30.e30.e30.e30"}) {
        EXPECT_FALSE(check_bearer_token(token, {}, &published(), token_now)) << token;
    }
}

TEST(Jwks, need_a_key) {
    for (const auto text :
         {"", "{}", "[]", R"({"keys":[]})", R"({"keys":[5]})", R"({"keys":[{"kty":"RSA"}]})",
          R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})"}) {
        EXPECT_FALSE(Jwks::parse(text)) << text;
    }
}

TEST(Oauthbearer, takes_the_token_of_the_message) {
    const auto message = parse_oauthbearer(
        "n,a=al=2Cice,\x01"
        "auth=Bearer abc\x01"
        "host=x\x01\x01"
    );
    ASSERT_TRUE(message);
    EXPECT_EQ(message->token, "abc");
    EXPECT_EQ(message->authorization, "al,ice");
    for (const std::string_view text :
         {"", "n,,", "n,,\x01\x01",
          "y,,\x01"
          "auth=Bearer a\x01\x01",
          "n,,\x01"
          "auth=Basic a\x01\x01",
          "n,,\x01"
          "auth=Bearer a\x01",
          "n,x,\x01"
          "auth=Bearer a\x01\x01",
          "n,,\x01"
          "auth\x01\x01"}) {
        EXPECT_FALSE(parse_oauthbearer(text)) << text;
    }
}

TEST(Oauthbearer, tells_a_bad_token_in_a_challenge_and_fails_when_that_is_acknowledged) {
    OauthbearerExchange exchange([](std::string_view token, Timestamp) -> std::expected<BearerToken, BearerProblem> {
        if (token == "good") {
            return BearerToken{"alice", token_now};
        }
        return std::unexpected(BearerProblem{"because"});
    });
    const SaslStep challenge = exchange.step(
        as_bytes("n,,\x01"
                 "auth=Bearer bad\x01\x01"),
        token_now
    );
    ASSERT_TRUE(std::holds_alternative<SaslChallenge>(challenge));
    EXPECT_EQ(as_text(std::get<SaslChallenge>(challenge).to_client), R"({"status":"invalid_token"})");
    const SaslStep failure = exchange.step(as_bytes("\x01"), token_now);
    ASSERT_TRUE(std::holds_alternative<SaslFailure>(failure));
    EXPECT_EQ(std::get<SaslFailure>(failure).to_client, R"({"status":"invalid_token"})");
    EXPECT_EQ(std::get<SaslFailure>(failure).reason, "because");
    const SaslStep good = exchange.step(
        as_bytes("n,a=alice,\x01"
                 "auth=Bearer good\x01\x01"),
        token_now
    );
    ASSERT_TRUE(std::holds_alternative<SaslIdentity>(good));
    EXPECT_EQ(std::get<SaslIdentity>(good).valid_until, token_now);
    const SaslStep other = exchange.step(
        as_bytes("n,a=bob,\x01"
                 "auth=Bearer good\x01\x01"),
        token_now
    );
    ASSERT_TRUE(std::holds_alternative<SaslFailure>(other));
}

}  // namespace barnabas
