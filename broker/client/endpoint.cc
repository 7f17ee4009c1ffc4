#include "client/endpoint.h"

#include <fmt/format.h>

#include <charconv>

namespace barnabas {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::expected<HostPort, std::string> parse_endpoint(std::string_view text) {
    // A listener's name before the address is accepted, as Kafka does: "PLAINTEXT://host:9092".
    std::string_view address = text;
    if (const auto scheme = address.find("://"); scheme != address.npos) {
        address.remove_prefix(scheme + 3);
    }
    const auto colon = address.rfind(':');
    if (colon == address.npos) {
        return std::unexpected(fmt::format("'{}' has no port: HOST:PORT is wanted", text));
    }
    std::string_view host = address.substr(0, colon);
    const std::string_view digits = address.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    HostPort endpoint{std::string(host), 0};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (error != std::errc() || end != digits.data() + digits.size() || endpoint.port == 0) {
        return std::unexpected(fmt::format("'{}' has no port between 1 and 65535", text));
    }
    if (endpoint.host.empty()) {
        return std::unexpected(fmt::format("'{}' has no host: HOST:PORT is wanted", text));
    }
    return endpoint;
}

}  // namespace

std::string HostPort::text() const {
    return host.find(':') == host.npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::expected<std::vector<HostPort>, std::string> parse_endpoints(std::string_view text) {
    std::vector<HostPort> endpoints;
    while (true) {
        const auto comma = text.find(',');
        if (const auto entry = trimmed(text.substr(0, comma)); !entry.empty()) {
            auto endpoint = parse_endpoint(entry);
            if (!endpoint) {
                return std::unexpected(std::move(endpoint).error());
            }
            endpoints.push_back(*std::move(endpoint));
        }
        if (comma == text.npos) {
            break;
        }
        text.remove_prefix(comma + 1);
    }
    if (endpoints.empty()) {
        return std::unexpected("no server is named: HOST:PORT is wanted");
    }
    return endpoints;
}

}  // namespace barnabas
