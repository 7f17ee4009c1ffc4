#include "cli/session.h"

#include <fmt/format.h>

#include "io/whole_file.h"

namespace barnabas {

namespace {

std::expected<std::chrono::milliseconds, std::string> milliseconds_of(
    const ClientProperties& properties, std::string_view key, std::chrono::milliseconds otherwise
) {
    const auto found = properties.find(key);
    if (found == properties.end()) {
        return otherwise;
    }
    const auto number = parse_number(found->second);
    if (!number || *number < 0 || *number > INT32_MAX) {
        return std::unexpected(fmt::format("{} must be a number of milliseconds, not '{}'", key, found->second));
    }
    return std::chrono::milliseconds(*number);
}

}  // namespace

std::expected<ClientProperties, std::string> load_properties(const std::string& path) {
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
    ClientProperties properties;
    for (Property& row : *rows) {
        properties.insert_or_assign(std::move(row.key), std::move(row.value));
    }
    return properties;
}

std::expected<void, std::string> add_property(ClientProperties& properties, std::string_view text) {
    const auto equals = text.find('=');
    if (equals == 0 || text.empty()) {
        return std::unexpected(fmt::format("Invalid command line properties: '{}' is not key=value", text));
    }
    const std::string_view value = equals == text.npos ? std::string_view() : text.substr(equals + 1);
    properties.insert_or_assign(std::string(text.substr(0, equals)), std::string(value));
    return {};
}

std::expected<void, std::string> check_security(const ClientProperties& properties) {
    for (const auto& [key, value] : properties) {
        if (key == "security.protocol" && value != "PLAINTEXT") {
            return std::unexpected(
                fmt::format("security.protocol={}: this program's client speaks PLAINTEXT only", value)
            );
        }
        if (key.starts_with("ssl.") || key.starts_with("sasl.")) {
            return std::unexpected(fmt::format("{}: TLS and SASL are not supported by this program's client", key));
        }
    }
    return {};
}

std::expected<std::unique_ptr<Session>, std::string> Session::open(const Arguments& arguments) {
    ClientProperties properties;
    if (const auto path = arguments.value("command-config")) {
        auto loaded = load_properties(*path);
        if (!loaded) {
            return std::unexpected(loaded.error());
        }
        properties = *std::move(loaded);
    }
    const auto controllers = arguments.value("bootstrap-controller");
    const auto servers = arguments.value("bootstrap-server");
    if (!controllers && !servers) {
        return std::unexpected("--bootstrap-server must be specified");
    }
    return open(controllers ? *controllers : *servers, controllers.has_value(), properties);
}

std::expected<std::unique_ptr<Session>, std::string> Session::open(
    std::string_view bootstrap, bool controllers, const ClientProperties& properties
) {
    if (auto checked = check_security(properties); !checked) {
        return std::unexpected(checked.error());
    }
    auto endpoints = parse_endpoints(bootstrap);
    if (!endpoints) {
        return std::unexpected(endpoints.error());
    }
    ClusterClient::Options options;
    options.bootstrap = *std::move(endpoints);
    options.controllers = controllers;
    options.connection.client_id = "barnabas-cli";
    if (const auto id = properties.find("client.id"); id != properties.end()) {
        options.connection.client_id = id->second;
    }
    const auto request = milliseconds_of(properties, "request.timeout.ms", options.connection.request_timeout);
    const auto api = milliseconds_of(properties, "default.api.timeout.ms", options.api_timeout);
    const auto backoff = milliseconds_of(properties, "retry.backoff.ms", options.retry_backoff);
    for (const auto* each : {&request, &api, &backoff}) {
        if (!*each) {
            return std::unexpected(each->error());
        }
    }
    options.connection.request_timeout = *request;
    options.api_timeout = *api;
    options.retry_backoff = *backoff;
    std::unique_ptr<Session> session(new Session());
    session->cluster_ = std::make_unique<ClusterClient>(std::move(options));
    return session;
}

std::string words_of(const Error& error) {
    return error.detail.empty() ? std::string(text(error.code)) : error.detail;
}

std::string words_of(ErrorCode code, const std::optional<std::string>& message) {
    return message && !message->empty() ? *message : std::string(text(code));
}

}  // namespace barnabas
