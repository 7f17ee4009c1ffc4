#include "security/sasl_client.h"

#include <fmt/format.h>

#include <utility>

namespace barnabas {

namespace {

class PlainClient final : public SaslClient {
public:
    explicit PlainClient(UserPassword login) : login_(std::move(login)) {}

    [[nodiscard]] std::string mechanism() const override { return "PLAIN"; }
    [[nodiscard]] Expected<Bytes> begin() override {
        std::string text(1, '\0');
        text.append(login_.user).append(1, '\0').append(login_.password);
        return copy(as_bytes(text));
    }
    [[nodiscard]] Expected<Bytes> step(BytesView) override { return Bytes(); }
    [[nodiscard]] bool is_complete() const override { return true; }

private:
    const UserPassword login_;
};

/// RFC 7628. A refused token is told in a challenge, which the client answers by one byte to hear the error.
class OauthbearerClient final : public SaslClient {
public:
    explicit OauthbearerClient(std::string token) : token_(std::move(token)) {}

    [[nodiscard]] std::string mechanism() const override { return "OAUTHBEARER"; }
    [[nodiscard]] Expected<Bytes> begin() override {
        return copy(as_bytes(fmt::format(
            "n,,\x01"
            "auth=Bearer {}\x01\x01",
            token_
        )));
    }
    [[nodiscard]] Expected<Bytes> step(BytesView challenge) override {
        return challenge.empty() ? Bytes() : Bytes{std::byte{1}};
    }
    [[nodiscard]] bool is_complete() const override { return true; }

private:
    const std::string token_;
};

}  // namespace

std::unique_ptr<SaslClient> make_plain_client(UserPassword login) {
    return std::make_unique<PlainClient>(std::move(login));
}

std::unique_ptr<SaslClient> make_oauthbearer_client(std::string token) {
    return std::make_unique<OauthbearerClient>(std::move(token));
}

}  // namespace barnabas
