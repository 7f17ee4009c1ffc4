#include <fmt/format.h>

#include "cli/client_tls.h"
#include "cli/session.h"
#include "cli/tool.h"
#include "config/listeners.h"
#include "config/node_settings.h"
#include "io/whole_file.h"
#include "security/certificate.h"
#include "security/key_store.h"
#include "security/tls_context.h"

namespace barnabas {

namespace doctor_command {

constexpr int few_days = 30;

const std::array flags{
    Flag{"config", Takes::text, "FILE", "The server.properties.", true},
    Flag{"offline", Takes::nothing, "", "Do not connect to the listeners."},
};

/// What was found; problems decide the exit code.
class Findings {
public:
    void good(std::string_view what) { print(fmt::format("ok       {}\n", what)); }
    void note(std::string_view what) { print(fmt::format("note     {}\n", what)); }
    void bad(std::string_view what) {
        ++problems_;
        print(fmt::format("PROBLEM  {}\n", what));
    }
    [[nodiscard]] int problems() const { return problems_; }

private:
    int problems_ = 0;
};

std::string lower_case_name(std::string_view name) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

/// What stands in the file for a listener: its own setting, else the node's.
LookUpSetting settings_of(const NodeSettings& node, const Listener& listener) {
    return [&node, prefix = "listener.name." + lower_case_name(listener.name) + "."](std::string_view key) {
        for (const std::string& each : {prefix + std::string(key), std::string(key)}) {
            if (const auto found = node.written.find(each); found != node.written.end()) {
                return std::optional(found->second);
            }
        }
        return std::optional<std::string>();
    };
}

void check_dates(const Listener& listener, const X509& certificate, Findings& findings) {
    const int days = days_left(certificate);
    const std::string what = fmt::format("{}: {}", listener.name, describe(certificate));
    if (!is_valid_yet(certificate)) {
        findings.bad(what + " is not valid yet; is the clock right?");
    } else if (days < 0) {
        findings.bad(what + " has expired; renew it");
    } else if (days < few_days) {
        findings.note(fmt::format("{} ends in {} days; renew it", what, days));
    } else {
        findings.good(fmt::format("{}, {} days left", what, days));
    }
}

/// What clients hold the certificate against.
void check_names(const Listener& listener, const Listeners& listeners, X509& certificate, Findings& findings) {
    for (const auto* list : {&listeners.advertised, &listeners.advertised_controller}) {
        for (const Listener& told : *list) {
            if (told.name != listener.name || told.host.empty()) {
                continue;
            }
            const std::string what = fmt::format("{}: the certificate is", listener.name);
            if (is_for_host(certificate, told.host)) {
                findings.good(fmt::format("{} for {}, where clients are sent", what, told.host));
            } else {
                findings.bad(fmt::format(
                    "{} for {}, and not for {}, where advertised.listeners sends clients; issue one with that name",
                    what, fmt::join(alternative_names_of(certificate), ", "), told.host
                ));
            }
        }
    }
}

/// Key store, trust store, and what they hold together.
void check_stores(const Listener& listener, const Listeners& listeners, const NodeSettings& node, Findings& findings) {
    const auto settings = read_tls_settings(settings_of(node, listener));
    if (!settings) {
        return findings.bad(fmt::format("{}: {}", listener.name, settings.error().detail));
    }
    const auto whole = TlsContext::server(*settings, read_named_file);
    if (!whole) {
        return findings.bad(fmt::format("{}: {}", listener.name, whole.error().detail));
    }
    const auto key = read_key_store(*settings, read_named_file);
    for (const CertificatePtr& each : (*key)->chain) {
        check_dates(listener, *each, findings);
    }
    check_names(listener, listeners, *(*key)->chain.front(), findings);
    const auto trusted = read_trust_store(settings->trust_store, read_named_file);
    for (std::size_t i = 0; trusted && *trusted && i < (*trusted)->size(); ++i) {
        check_dates(listener, *(**trusted)[i], findings);
    }
    if (settings->client_auth != "none" && trusted && !*trusted) {
        findings.note(fmt::format(
            "{}: clients show certificates, and without ssl.truststore those count that this machine trusts",
            listener.name
        ));
    }
}

/// As a client that has what this file has.
void connect(const Listener& listener, const NodeSettings& node, Findings& findings) {
    BrokerConnection::Options options;
    options.client_id = "barnabas-doctor";
    options.connect_timeout = std::chrono::seconds(5);
    options.request_timeout = std::chrono::seconds(5);
    if (is_encrypted(listener.protocol)) {
        const auto settings = read_tls_settings(settings_of(node, listener));
        auto context = settings ? TlsContext::client(*settings, read_named_file)
                                : Expected<std::shared_ptr<const TlsContext>>(std::unexpected(settings.error()));
        if (!context) {
            return;  // told before
        }
        options.tls = *std::move(context);
    }
    const HostPort address{listener.host.empty() ? "localhost" : listener.host, listener.port};
    boost::asio::io_context context{1};
    std::optional<Expected<std::shared_ptr<BrokerConnection>>> opened;
    boost::asio::co_spawn(
        context, BrokerConnection::open(address, options),
        [&opened](const std::exception_ptr&, Expected<std::shared_ptr<BrokerConnection>> result) {
            opened.emplace(std::move(result));
        }
    );
    while (!opened) {
        context.run_one();
    }
    if (*opened) {
        findings.good(fmt::format("{}: {} answers", listener.name, address.text()));
    } else {
        findings.bad(fmt::format("{}: {}", listener.name, opened->error().detail));
    }
    opened.reset();
    context.poll();
}

int examine(const NodeSettings& node, bool offline, Findings& findings) {
    const auto listeners = read_listeners(node.config);
    if (!listeners) {
        findings.bad(listeners.error());
        return 1;
    }
    for (const auto* list : {&listeners->broker, &listeners->controller}) {
        for (const Listener& each : *list) {
            if (is_encrypted(each.protocol)) {
                check_stores(each, *listeners, node, findings);
            }
        }
    }
    for (const Listener& each : listeners->advertised) {
        if (!offline && !uses_sasl(each.protocol)) {
            connect(each, node, findings);
        }
    }
    return findings.problems() == 0 ? 0 : 1;
}

int run(const Arguments& arguments) {
    const std::string path = *arguments.value("config");
    const auto bytes = read_named_file(path);
    if (!bytes) {
        return complain(bytes.error().detail);
    }
    const auto properties = parse_properties(as_text(*bytes));
    if (!properties) {
        return complain(fmt::format("{}: {}", path, properties.error()));
    }
    Findings findings;
    const auto node = read_node_settings(*properties);
    if (!node) {
        for (const std::string& problem : node.error()) {
            findings.bad(problem);
        }
        return 1;
    }
    findings.good(fmt::format("{}: every setting can be taken", path));
    return examine(*node, arguments.has("offline"), findings);
}

}  // namespace doctor_command

const Tool doctor_tool{
    {.tool = "doctor",
     .purpose = "Look at a server.properties: what is set, keys and certificates, and whether clients can connect.",
     .flags = doctor_command::flags},
    doctor_command::run,
    false
};

}  // namespace barnabas
