#include "cli/session.h"

#include <fmt/format.h>

#include <cstdlib>

#include "cli/client_tls.h"
#include "config/checks.h"
#include "config/java_options.h"
#include "security/jaas.h"

namespace barnabas {

namespace {

/// As Kafka's tools have it: without `sasl.jaas.config`, section KafkaClient of the JAAS file that KAFKA_OPTS names.
Expected<std::string> login_module(ClientProperties& properties, const std::string& mechanism) {
    const auto path = environment_java_property("java.security.auth.login.config");
    if (!path || properties.has("sasl.jaas.config")) {
        return properties.text("sasl.jaas.config", "");
    }
    const auto bytes = read_named_file(*path);
    const auto file = bytes ? parse_jaas_file(as_text(*bytes)) : std::unexpected(bytes.error());
    if (!file) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format("KAFKA_OPTS: java.security.auth.login.config: {}: {}", *path, file.error().detail)
        );
    }
    const auto section = file->find("KafkaClient");
    const JaasEntry* entry = section != file->end() ? jaas_entry_for(mechanism, section->second) : nullptr;
    return entry != nullptr ? entry->text() : std::string();
}

Expected<SaslLogin> sasl_login(ClientProperties& properties) {
    if (const auto kerberos = environment_java_property("java.security.krb5.conf")) {
        setenv("KRB5_CONFIG", kerberos->c_str(), 1);
    }
    const std::string mechanism = properties.text("sasl.mechanism", "GSSAPI");
    auto module = login_module(properties, mechanism);
    if (!module) {
        return std::unexpected(std::move(module.error()));
    }
    return make_sasl_login(
        {.mechanism = mechanism,
         .jaas = *std::move(module),
         .token_url = properties.text("sasl.oauthbearer.token.endpoint.url", ""),
         .client_id = properties.text("sasl.oauthbearer.client.credentials.client.id", ""),
         .client_secret = properties.text("sasl.oauthbearer.client.credentials.client.secret", ""),
         .scope = properties.text("sasl.oauthbearer.scope", ""),
         .service = properties.text("sasl.kerberos.service.name", "")}
    );
}

}  // namespace

std::expected<std::unique_ptr<ToolSession>, std::string> ToolSession::open(const Arguments& arguments) {
    ClientProperties properties;
    if (const auto path = arguments.value("command-config")) {
        if (auto loaded = properties.load(*path); !loaded) {
            return std::unexpected(loaded.error());
        }
    }
    const auto controllers = arguments.value("bootstrap-controller");
    const auto servers = arguments.value("bootstrap-server");
    if (!controllers && !servers) {
        return std::unexpected("--bootstrap-server must be specified");
    }
    auto session = open(controllers ? *controllers : *servers, controllers.has_value(), properties);
    properties.warn_of_unread();
    return session;
}

std::expected<std::unique_ptr<ToolSession>, std::string> ToolSession::open(
    std::string_view bootstrap, bool controllers, ClientProperties& properties
) {
    auto endpoints = parse_endpoints(bootstrap);
    if (!endpoints) {
        return std::unexpected(endpoints.error());
    }
    ClusterClient::Options options;
    options.bootstrap = *std::move(endpoints);
    options.controllers = controllers;
    options.connection.client_id = "barnabas-cli";
    BrokerConnection::Options& connection = options.connection;
    connection.client_id = properties.text("client.id", connection.client_id);
    connection.request_timeout = properties.milliseconds("request.timeout.ms", connection.request_timeout);
    options.api_timeout = properties.milliseconds("default.api.timeout.ms", options.api_timeout);
    options.retry_backoff = properties.milliseconds("retry.backoff.ms", options.retry_backoff);
    connection.connect_timeout =
        properties.milliseconds("socket.connection.setup.timeout.ms", connection.connect_timeout);
    if (properties.has("send.buffer.bytes")) {
        connection.send_buffer_bytes = static_cast<int>(properties.number("send.buffer.bytes", 0, 1, INT32_MAX));
    }
    auto tls = client_tls(properties);
    if (!tls) {
        return std::unexpected(tls.error());
    }
    connection.tls = *std::move(tls);
    if (checks::equal_in_any_case(properties.text("security.protocol", "PLAINTEXT").substr(0, 5), "SASL_")) {
        auto login = sasl_login(properties);
        if (!login) {
            return std::unexpected(login.error().detail);
        }
        connection.sasl = *std::move(login);
    }
    if (auto fault = properties.fault()) {
        return std::unexpected(*std::move(fault));
    }
    std::unique_ptr<ToolSession> session(new ToolSession());
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
