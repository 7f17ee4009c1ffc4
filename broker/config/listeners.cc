#include "config/listeners.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "config/checks.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

using Problem = std::unexpected<std::string>;
using Protocols = std::map<std::string, SecurityProtocol, std::less<>>;

constexpr std::array<std::string_view, 4> protocol_names{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"};

template <class... Args>
Problem problem(fmt::format_string<Args...> words, Args&&... args) {
    return Problem(fmt::format(words, std::forward<Args>(args)...));
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

const Listener* find(const std::vector<Listener>& listeners, std::string_view name) {
    const auto found = std::ranges::find(listeners, name, &Listener::name);
    return found != listeners.end() ? &*found : nullptr;
}

/// Kafka knows listener names in capitals only.
std::string capitals(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return upper;
}

std::expected<Protocols, std::string> read_protocols(const Config& config) {
    Protocols protocols;
    for (const auto& pair : value_text::split_list(config.listener_security_protocol_map)) {
        const auto colon = pair.rfind(':');
        const auto protocol = colon == std::string::npos
                                  ? std::nullopt
                                  : to_security_protocol(value_text::trim(std::string_view(pair).substr(colon + 1)));
        if (!protocol) {
            return problem(
                "listener.security.protocol.map: '{}' must be a listener name, a colon, and one of {}", pair,
                fmt::join(protocol_names, ", ")
            );
        }
        protocols[capitals(value_text::trim(std::string_view(pair).substr(0, colon)))] = *protocol;
    }
    // Kafka spares us the mapping of controller listeners as long as nobody has written one.
    if (config.listener_security_protocol_map == Config().listener_security_protocol_map) {
        for (const auto& name : config.controller_listener_names) {
            protocols.try_emplace(name, SecurityProtocol::plaintext);
        }
    }
    return protocols;
}

/// One key's listeners with their protocols; names come once.
std::expected<std::vector<Listener>, std::string> read_list(
    std::string_view key, const std::vector<std::string>& texts, const Protocols& protocols
) {
    std::vector<Listener> listeners;
    for (const auto& text : texts) {
        auto listener = parse_listener(text);
        if (!listener) {
            return problem("{}: {}", key, listener.error());
        }
        if (find(listeners, listener->name) != nullptr) {
            return problem("{}: the name {} stands twice; every listener needs a name of its own", key, listener->name);
        }
        const auto protocol = protocols.find(listener->name);
        if (protocol == protocols.end()) {
            return problem(
                "{}: listener {} has no security protocol; add {}:PLAINTEXT to listener.security.protocol.map", key,
                listener->name, listener->name
            );
        }
        listener->protocol = protocol->second;
        listeners.push_back(*std::move(listener));
    }
    return listeners;
}

std::expected<void, std::string> check_ports(const std::vector<Listener>& listeners) {
    const auto version_6 = [](const Listener& each) { return each.host.find(':') != std::string::npos; };
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        for (std::size_t j = i + 1; j < listeners.size(); ++j) {
            const auto& one = listeners[i];
            const auto& other = listeners[j];
            const bool two_families = !one.host.empty() && !other.host.empty() && version_6(one) != version_6(other);
            if (one.port != 0 && one.port == other.port && !two_families) {
                return problem("listeners: {} and {} share a port; give each its own", one.text(), other.text());
            }
        }
    }
    return {};
}

std::expected<void, std::string> check_advertised(
    const std::vector<Listener>& advertised, const std::vector<Listener>& listening
) {
    for (const auto& each : advertised) {
        if (each.host == "0.0.0.0" || each.host == "::") {
            return problem(
                "advertised.listeners: {} is no address that a client could connect to; set it to this machine's name "
                "or address as clients see it",
                each.text()
            );
        }
        if (find(listening, each.name) == nullptr) {
            return problem("advertised.listeners: {} is not among listeners", each.name);
        }
        if (each.port == 0) {
            return problem("advertised.listeners: {} has no port that a client could connect to", each.text());
        }
    }
    return {};
}

std::expected<void, std::string> check_controller_names(const Config& config, const std::vector<Listener>& listening) {
    const auto& names = config.controller_listener_names;
    for (const auto& name : names) {
        const bool present = find(listening, name) != nullptr;
        if (config.is_controller() && !present) {
            return problem("controller.listener.names: {} is not among listeners, add {}://:9093 there", name, name);
        }
        if (!config.is_controller() && present) {
            return problem("listeners: {} belongs to controllers, and this node is a broker only; remove it", name);
        }
    }
    return {};
}

std::expected<std::string, std::string> inter_broker_name(const Config& config, const Listeners& listeners) {
    if (!config.is_broker()) {
        return std::string();
    }
    if (config.inter_broker_listener_name && config.security_inter_broker_protocol != "PLAINTEXT") {
        return problem("inter.broker.listener.name and security.inter.broker.protocol exclude each other; set one");
    }
    auto name = config.inter_broker_listener_name ? capitals(*config.inter_broker_listener_name)
                                                  : config.security_inter_broker_protocol;
    const std::string_view key =
        config.inter_broker_listener_name ? "inter.broker.listener.name" : "security.inter.broker.protocol";
    if (holds(config.controller_listener_names, name)) {
        return problem("{}: {} belongs to controllers; name another listener", key, name);
    }
    if (find(listeners.advertised, name) == nullptr) {
        return problem(
            "{}: {} is not among advertised.listeners; set inter.broker.listener.name to one that is", key, name
        );
    }
    return name;
}

/// Parts `all` by owner: the controllers' go to the second.
void split(
    std::vector<Listener> all, const Config& config, std::vector<Listener>& broker, std::vector<Listener>& rest
) {
    for (auto& each : all) {
        (holds(config.controller_listener_names, each.name) ? rest : broker).push_back(std::move(each));
    }
}

}  // namespace

std::string_view name(SecurityProtocol protocol) {
    return protocol_names[static_cast<std::size_t>(protocol)];
}

std::optional<SecurityProtocol> to_security_protocol(std::string_view name) {
    const auto* found = std::ranges::find_if(protocol_names, [&](std::string_view each) {
        return checks::equal_in_any_case(each, name);
    });
    return found != protocol_names.end() ? std::optional(static_cast<SecurityProtocol>(found - protocol_names.begin()))
                                         : std::nullopt;
}

std::string Listener::text() const {
    return host.find(':') == std::string::npos ? fmt::format("{}://{}:{}", name, host, port)
                                               : fmt::format("{}://[{}]:{}", name, host, port);
}

std::optional<std::pair<std::string, std::uint16_t>> parse_host_and_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto port = value_text::to_integer(text.substr(colon + 1), 0, 65535);
    auto host = text.substr(0, colon);
    if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    const bool plain = std::ranges::all_of(host, [](unsigned char c) {
        return std::isalnum(c) != 0 || std::string_view("-%._:").find(static_cast<char>(c)) != std::string_view::npos;
    });
    return port && plain ? std::optional(std::pair(std::string(host), static_cast<std::uint16_t>(*port)))
                         : std::nullopt;
}

std::expected<Listener, std::string> parse_listener(std::string_view text) {
    text = value_text::trim(text);
    const auto scheme = text.find("://");
    if (scheme == 0 || scheme == std::string_view::npos) {
        return problem("'{}' must have the form NAME://host:port", text);
    }
    const auto address = parse_host_and_port(text.substr(scheme + 3));
    if (!address) {
        return problem("'{}' must have the form NAME://host:port, with a port from 0 to 65535", text);
    }
    return Listener{capitals(text.substr(0, scheme)), address->first, address->second, SecurityProtocol::plaintext};
}

std::expected<Listeners, std::string> read_listeners(const Config& config) {
    if (config.controller_listener_names.empty()) {
        return problem("controller.listener.names is not set; it names the listener of the controllers, as CONTROLLER");
    }
    const auto protocols = read_protocols(config);
    if (!protocols) {
        return Problem(protocols.error());
    }
    const auto listening = read_list("listeners", config.listeners, *protocols);
    if (!listening) {
        return Problem(listening.error());
    }
    if (listening->empty()) {
        return problem("listeners is empty; write at least one, as PLAINTEXT://:9092");
    }
    auto advertised = config.advertised_listeners
                          ? read_list("advertised.listeners", *config.advertised_listeners, *protocols)
                          : listening;
    if (!advertised) {
        return Problem(advertised.error());
    }
    for (const auto& check : {check_ports(*listening), check_controller_names(config, *listening)}) {
        if (!check) {
            return Problem(check.error());
        }
    }
    Listeners all;
    split(*listening, config, all.broker, all.controller);
    split(*std::move(advertised), config, all.advertised, all.advertised_controller);
    if (config.is_broker() && all.broker.empty()) {
        return problem("listeners: all belong to controllers; a broker needs one of its own, as PLAINTEXT://:9092");
    }
    if (const auto check = check_advertised(all.advertised, *listening); !check) {
        return Problem(check.error());
    }
    if (all.advertised_controller.empty()) {
        all.advertised_controller = all.controller;
    }
    auto inter_broker = inter_broker_name(config, all);
    if (!inter_broker) {
        return Problem(inter_broker.error());
    }
    all.inter_broker = *std::move(inter_broker);
    return all;
}

void name_hosts(Listeners& listeners, std::string_view machine) {
    for (auto* advertised : {&listeners.advertised, &listeners.advertised_controller}) {
        for (auto& each : *advertised) {
            if (each.host.empty()) {
                each.host = machine;
            }
        }
    }
}

}  // namespace barnabas
