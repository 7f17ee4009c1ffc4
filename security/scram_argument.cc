#include "security/scram_argument.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "common/base64.h"

namespace barnabas {

namespace {

using ScramFields = std::map<std::string_view, std::string_view>;

constexpr std::array<std::string_view, 5> scram_fields{"name", "password", "salt", "saltedpassword", "iterations"};

std::string_view without_quotes(std::string_view value) {
    return value.size() >= 2 && value.starts_with('"') && value.ends_with('"') ? value.substr(1, value.size() - 2)
                                                                               : value;
}

/// "a=1,b=2": each key once.
std::expected<ScramFields, std::string> read_fields(std::string_view text) {
    ScramFields fields;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find(','));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos) {
            return std::unexpected("a part between two commas has no equals sign; no value may have a comma");
        }
        const std::string_view key = pair.substr(0, equals);
        if (std::ranges::find(scram_fields, key) == scram_fields.end()) {
            return std::unexpected(fmt::format("it may have {}, and nothing else", fmt::join(scram_fields, ", ")));
        }
        if (!fields.emplace(key, without_quotes(pair.substr(equals + 1))).second) {
            return std::unexpected(fmt::format("{} stands there twice", key));
        }
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
    }
    return fields;
}

std::expected<int, std::string> read_iterations(const ScramFields& fields) {
    const auto found = fields.find("iterations");
    if (found == fields.end()) {
        return fewest_scram_iterations;
    }
    const std::string_view text = found->second;
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < fewest_scram_iterations ||
        number > most_scram_iterations) {
        return std::unexpected(
            fmt::format("iterations must be a number from {} to {}", fewest_scram_iterations, most_scram_iterations)
        );
    }
    return number;
}

/// Nothing without the field.
std::expected<std::optional<Bytes>, std::string> read_base64(const ScramFields& fields, std::string_view key) {
    const auto found = fields.find(key);
    if (found == fields.end()) {
        return std::nullopt;
    }
    auto bytes = decode_base64(found->second, Base64::standard);
    if (!bytes) {
        return std::unexpected(fmt::format("{} is not in base64", key));
    }
    return *std::move(bytes);
}

std::expected<ScramCredential, std::string> read_credential(
    ScramMechanism mechanism, const ScramFields& fields, BytesView fallback_salt
) {
    const auto iterations = read_iterations(fields);
    if (!iterations) {
        return std::unexpected(iterations.error());
    }
    const auto given_salt = read_base64(fields, "salt");
    const auto given_salted = read_base64(fields, "saltedpassword");
    if (!given_salt || !given_salted) {
        return std::unexpected((given_salt ? given_salted : given_salt).error());
    }
    const auto password = fields.find("password");
    if ((password != fields.end()) == given_salted->has_value()) {
        return std::unexpected("either password or saltedpassword must be there");
    }
    if (*given_salted && !*given_salt) {
        return std::unexpected("a saltedpassword needs its salt");
    }
    const BytesView salt = *given_salt ? BytesView(**given_salt) : fallback_salt;
    const auto salted =
        *given_salted ? Expected<Bytes>(**given_salted) : salt_password(mechanism, password->second, salt, *iterations);
    auto credential = salted ? make_scram_credential(mechanism, *salted, salt, *iterations)
                             : Expected<ScramCredential>(std::unexpected(salted.error()));
    if (!credential) {
        return std::unexpected(credential.error().detail);
    }
    return *std::move(credential);
}

}  // namespace

std::expected<ScramArgument, std::string> parse_scram_argument(std::string_view text, BytesView fallback_salt) {
    const auto equals = std::min(text.find('='), text.size());
    const auto mechanism = scram_mechanism(text.substr(0, equals));
    if (!mechanism) {
        return std::unexpected("it must begin with SCRAM-SHA-256= or SCRAM-SHA-512=");
    }
    const std::string_view value = text.substr(std::min(equals + 1, text.size()));
    if (!value.starts_with('[') || !value.ends_with(']')) {
        return std::unexpected("what follows the mechanism must stand between [ and ]");
    }
    const auto fields = read_fields(value.substr(1, value.size() - 2));
    if (!fields) {
        return std::unexpected(fields.error());
    }
    const auto name = fields->find("name");
    if (name == fields->end() || name->second.empty()) {
        return std::unexpected("it names no user");
    }
    auto credential = read_credential(*mechanism, *fields, fallback_salt);
    if (!credential) {
        return std::unexpected(credential.error());
    }
    return ScramArgument{std::string(name->second), *mechanism, *std::move(credential)};
}

}  // namespace barnabas
