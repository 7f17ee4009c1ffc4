#include "cli/client_properties.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/flags.h"
#include "config/checks.h"
#include "config/properties.h"
#include "io/whole_file.h"

namespace barnabas {

std::expected<void, std::string> ClientProperties::load(const std::string& path) {
    const auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes) {
        return std::unexpected(bytes.error().text());
    }
    if (!*bytes) {
        return std::unexpected(fmt::format("there is no file {}", path));
    }
    auto rows = parse_properties(as_text(**bytes));
    if (!rows) {
        return std::unexpected(fmt::format("{}: {}", path, rows.error()));
    }
    for (Property& row : *rows) {
        set(std::move(row.key), std::move(row.value));
    }
    return {};
}

std::expected<void, std::string> ClientProperties::add(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == 0 || text.empty()) {
        return std::unexpected(fmt::format("Invalid command line properties: '{}' is not key=value", text));
    }
    const std::string_view value = equals == text.npos ? std::string_view() : text.substr(equals + 1);
    set(std::string(text.substr(0, equals)), std::string(value));
    return {};
}

std::optional<std::string> ClientProperties::find(std::string_view key) {
    const auto found = values_.find(key);
    if (found == values_.end()) {
        return std::nullopt;
    }
    read_.emplace(key);
    return found->second;
}

std::string ClientProperties::text(std::string_view key, std::string_view otherwise) {
    return find(key).value_or(std::string(otherwise));
}

std::int64_t ClientProperties::number(
    std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most
) {
    const auto value = find(key);
    if (!value) {
        return otherwise;
    }
    const auto number = parse_number(*value);
    if (!number || *number < least || *number > most) {
        fault_ = fmt::format("{} must be a number from {} to {}, not '{}'", key, least, most, *value);
        return otherwise;
    }
    return *number;
}

std::chrono::milliseconds ClientProperties::milliseconds(std::string_view key, std::chrono::milliseconds otherwise) {
    return std::chrono::milliseconds(number(key, otherwise.count(), 0, INT32_MAX));
}

bool ClientProperties::boolean(std::string_view key, bool otherwise) {
    const auto value = find(key);
    if (value && *value != "true" && *value != "false") {
        fault_ = fmt::format("{} must be true or false, not '{}'", key, *value);
    }
    return value ? *value == "true" : otherwise;
}

std::optional<std::string> ClientProperties::fault() {
    const auto known = [](std::string_view protocol) {
        return checks::equal_in_any_case(protocol, "PLAINTEXT") || checks::equal_in_any_case(protocol, "SSL") ||
               checks::equal_in_any_case(protocol, "SASL_PLAINTEXT") || checks::equal_in_any_case(protocol, "SASL_SSL");
    };
    if (const auto protocol = find("security.protocol"); protocol && !known(*protocol)) {
        return fmt::format(
            "security.protocol={}: it must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL", *protocol
        );
    }
    return fault_;
}

void ClientProperties::warn_of_unread() const {
    for (const auto& [key, value] : values_) {
        if (!read_.contains(key) && key != "bootstrap.servers") {
            fmt::print(stderr, "The setting {} has no effect here.\n", key);
        }
    }
}

}  // namespace barnabas
