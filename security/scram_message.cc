#include "security/scram_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/base64.h"

namespace barnabas {

namespace {

/// Attributes in turn: "n=user", "r=nonce".
class ScramAttributes {
public:
    explicit ScramAttributes(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return ended_; }

    std::string_view take() {
        const auto end = rest_.find(',');
        const std::string_view taken = rest_.substr(0, end);
        ended_ = end == std::string_view::npos;
        rest_.remove_prefix(ended_ ? rest_.size() : end + 1);
        return taken;
    }

    /// The next one's value, which must be that of `key`.
    std::optional<std::string_view> take(char key) {
        if (ended_) {
            return std::nullopt;
        }
        const std::string_view attribute = take();
        const bool fits = attribute.size() >= 2 && attribute[0] == key && attribute[1] == '=';
        return fits ? std::optional(attribute.substr(2)) : std::nullopt;
    }

private:
    std::string_view rest_;
    bool ended_ = false;
};

/// Only as it is encoded: no padding left out, no bit set that does not count.
std::optional<Bytes> exact_base64(std::string_view text) {
    auto bytes = decode_base64(text, Base64::standard);
    return bytes && encode_base64(*bytes, Base64::standard) == text ? std::move(bytes) : std::nullopt;
}

bool is_printable(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != ','; });
}

bool is_extension_key(std::string_view key) {
    return !key.empty() &&
           std::ranges::all_of(key, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

bool take_extensions(ScramAttributes& attributes, std::map<std::string, std::string, std::less<>>& extensions) {
    while (!attributes.at_end()) {
        const std::string_view attribute = attributes.take();
        const auto equals = attribute.find('=');
        if (equals == std::string_view::npos || equals + 1 == attribute.size() ||
            !is_extension_key(attribute.substr(0, equals))) {
            return false;
        }
        extensions.insert_or_assign(std::string(attribute.substr(0, equals)), attribute.substr(equals + 1));
    }
    return true;
}

}  // namespace

std::string to_sasl_name(std::string_view name) {
    std::string text;
    for (const char c : name) {
        text += c == ',' ? std::string("=2C") : c == '=' ? std::string("=3D") : std::string(1, c);
    }
    return text;
}

std::optional<std::string> from_sasl_name(std::string_view text) {
    std::string name;
    while (!text.empty()) {
        if (text.front() == '\0') {
            return std::nullopt;
        }
        if (text.front() != '=') {
            name += text.front();
            text.remove_prefix(1);
        } else if (text.starts_with("=2C") || text.starts_with("=3D")) {
            name += text[2] == 'C' ? ',' : '=';
            text.remove_prefix(3);
        } else {
            return std::nullopt;
        }
    }
    return name.empty() ? std::nullopt : std::optional(std::move(name));
}

std::optional<ScramClientFirst> parse_scram_client_first(std::string_view text) {
    ScramClientFirst message;
    ScramAttributes attributes(text);
    if (attributes.take() != "n" || attributes.at_end()) {
        return std::nullopt;  // "y" and "p" speak of channel binding, which Kafka's SCRAM does not have
    }
    const std::string_view authorization = attributes.take();
    if (!authorization.empty()) {
        auto name = authorization.starts_with("a=") ? from_sasl_name(authorization.substr(2)) : std::nullopt;
        if (!name) {
            return std::nullopt;
        }
        message.authorization = *std::move(name);
    }
    message.header = text.substr(0, 3 + authorization.size());
    message.bare = text.substr(std::min(message.header.size(), text.size()));
    const auto user = attributes.take('n');
    const auto nonce = attributes.take('r');
    if (!user || !nonce || !is_printable(*nonce) || !take_extensions(attributes, message.extensions)) {
        return std::nullopt;
    }
    auto name = from_sasl_name(*user);
    if (!name) {
        return std::nullopt;
    }
    message.user = *std::move(name);
    message.nonce = *nonce;
    return message;
}

std::string ScramServerFirst::text() const {
    return fmt::format("r={},s={},i={}", nonce, encode_base64(salt, Base64::standard), iterations);
}

std::optional<ScramServerFirst> parse_scram_server_first(std::string_view text) {
    ScramAttributes attributes(text);
    const auto nonce = attributes.take('r');
    const auto salt = attributes.take('s');
    const auto iterations = attributes.take('i');
    if (!nonce || !salt || !iterations || !is_printable(*nonce)) {
        return std::nullopt;
    }
    ScramServerFirst message{std::string(*nonce), {}, 0};
    auto salt_bytes = exact_base64(*salt);
    const char* const end = iterations->data() + iterations->size();
    const auto [at, error] = std::from_chars(iterations->data(), end, message.iterations);
    if (!salt_bytes || salt_bytes->empty() || error != std::errc() || at != end || message.iterations <= 0) {
        return std::nullopt;
    }
    message.salt = *std::move(salt_bytes);
    return message;
}

std::string ScramClientFinal::text() const {
    return fmt::format("{},p={}", without_proof, encode_base64(proof, Base64::standard));
}

std::optional<ScramClientFinal> parse_scram_client_final(std::string_view text) {
    const auto proof_at = text.rfind(",p=");
    if (proof_at == std::string_view::npos) {
        return std::nullopt;
    }
    ScramClientFinal message;
    message.without_proof = text.substr(0, proof_at);
    ScramAttributes attributes(message.without_proof);
    const auto header = attributes.take('c');
    const auto nonce = attributes.take('r');
    std::map<std::string, std::string, std::less<>> extensions;
    if (!header || !nonce || !is_printable(*nonce) || !take_extensions(attributes, extensions)) {
        return std::nullopt;
    }
    auto header_bytes = exact_base64(*header);
    auto proof = exact_base64(text.substr(proof_at + 3));
    if (!header_bytes || !proof) {
        return std::nullopt;
    }
    message.header = *std::move(header_bytes);
    message.nonce = *nonce;
    message.proof = *std::move(proof);
    return message;
}

std::optional<ScramServerFinal> parse_scram_server_final(std::string_view text) {
    if (text.starts_with("e=")) {
        return ScramServerFinal{{}, std::string(text.substr(2))};
    }
    auto signature = text.starts_with("v=") ? exact_base64(text.substr(2)) : std::nullopt;
    return signature && !signature->empty() ? std::optional(ScramServerFinal{*std::move(signature), {}}) : std::nullopt;
}

}  // namespace barnabas
