#include "handlers/sasl_server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "common/events.h"
#include "config/value_text.h"
#include "security/jaas.h"
#include "security/sasl_gssapi.h"
#include "security/sasl_oauthbearer.h"
#include "security/sasl_plain.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

using BeginExchange = std::function<std::unique_ptr<SaslExchange>()>;

constexpr std::size_t nonce_size = 26;
constexpr std::array<std::string_view, 5> known_mechanisms{
    "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI"
};

std::string setting_of(const ListenerConfig& listener, std::string_view mechanism) {
    std::string name = fmt::format("listener.name.{}.{}.", listener.name(), mechanism);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

std::unexpected<Error> unusable(std::string words) {
    return fail(ErrorCode::invalid_config, std::move(words));
}

/// The mechanism's login module, which must be `module`; nothing when none is set.
Expected<std::optional<JaasEntry>> login_module(
    const ListenerConfig& listener, std::string_view mechanism, std::string_view module
) {
    const Config config = listener.config(mechanism);
    if (!config.sasl_jaas_config) {
        return std::nullopt;
    }
    auto entry = parse_jaas(config.sasl_jaas_config->reveal());
    const std::string setting = setting_of(listener, mechanism) + "sasl.jaas.config";
    if (!entry) {
        return unusable(fmt::format("{}: {}", setting, entry.error().detail));
    }
    if (entry->short_name() != module) {
        return unusable(fmt::format("{}: {} needs a {}, not a {}", setting, mechanism, module, entry->short_name()));
    }
    return *std::move(entry);
}

Expected<BeginExchange> begin_plain(const ListenerConfig& listener) {
    auto entry = login_module(listener, "PLAIN", "PlainLoginModule");
    if (!entry) {
        return std::unexpected(std::move(entry.error()));
    }
    if (!*entry) {
        return unusable(fmt::format(
            "{0}sasl.jaas.config is not set, and PLAIN is enabled on listener {1}; write "
            "{0}sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
            "user_NAME=\"PASSWORD\";",
            setting_of(listener, "PLAIN"), listener.name()
        ));
    }
    auto users = std::make_shared<PlainUsers>();
    for (const auto& [key, value] : (*entry)->options) {
        constexpr std::string_view prefix = "user_";
        if (key.starts_with(prefix)) {
            (*users)[key.substr(prefix.size())] = value;
        }
    }
    return [users = std::shared_ptr<const PlainUsers>(std::move(users))] {
        return std::make_unique<PlainExchange>(users);
    };
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        if (!word.empty()) {
            all.emplace_back(word);
        }
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return all;
}

/// Tokens that nobody signed, as Kafka takes them when it is told nothing else.
Expected<BearerRules> unsecured_rules(const ListenerConfig& listener) {
    auto entry = login_module(listener, "OAUTHBEARER", "OAuthBearerLoginModule");
    if (!entry) {
        return std::unexpected(std::move(entry.error()));
    }
    BearerRules rules;
    rules.signature = false;
    if (!*entry) {
        return rules;
    }
    if (const auto claim = (*entry)->option("unsecuredValidatorPrincipalClaimName"); !claim.empty()) {
        rules.principal_claim = claim;
    }
    if (const auto claim = (*entry)->option("unsecuredValidatorScopeClaimName"); !claim.empty()) {
        rules.scope_claim = claim;
    }
    rules.required_scope = words((*entry)->option("unsecuredValidatorRequiredScope"));
    if (const auto skew = (*entry)->option("unsecuredValidatorAllowableClockSkewMs"); !skew.empty()) {
        const auto number = value_text::to_integer(skew, 0, INT32_MAX);
        if (!number) {
            return unusable(fmt::format(
                "{}sasl.jaas.config: unsecuredValidatorAllowableClockSkewMs must be a number from 0",
                setting_of(listener, "OAUTHBEARER")
            ));
        }
        rules.skew = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(*number));
    }
    return rules;
}

Expected<BeginExchange> begin_oauthbearer(const ListenerConfig& listener, SigningKeys& keys) {
    const Config config = listener.config("OAUTHBEARER");
    const std::string validator = config.sasl_server_callback_handler_class.value_or("");
    if (validator.ends_with(".OAuthBearerValidatorCallbackHandler") && !config.sasl_oauthbearer_jwks_endpoint_url) {
        return unusable(fmt::format(
            "sasl.oauthbearer.jwks.endpoint.url is not set, and {}sasl.server.callback.handler.class wants tokens "
            "checked by the keys that are published there",
            setting_of(listener, "OAUTHBEARER")
        ));
    }
    if (!config.sasl_oauthbearer_jwks_endpoint_url) {
        auto rules = unsecured_rules(listener);
        if (!rules) {
            return std::unexpected(std::move(rules.error()));
        }
        return [rules = *std::move(rules)] {
            return std::make_unique<OauthbearerExchange>([rules](std::string_view token, Timestamp now) {
                return check_bearer_token(token, rules, nullptr, now);
            });
        };
    }
    const BearerRules rules{
        .principal_claim = config.sasl_oauthbearer_sub_claim_name,
        .scope_claim = config.sasl_oauthbearer_scope_claim_name,
        .audiences = config.sasl_oauthbearer_expected_audience,
        .issuer = config.sasl_oauthbearer_expected_issuer,
        .skew = config.sasl_oauthbearer_clock_skew_seconds
    };
    const std::string url = *config.sasl_oauthbearer_jwks_endpoint_url;
    return [rules, url, &keys] {
        return std::make_unique<OauthbearerExchange>([rules, url, &keys](std::string_view token, Timestamp now) {
            auto checked = check_bearer_token(token, rules, keys.of(url).get(), now);
            if (!checked && checked.error().unknown_key) {
                keys.look_again(url);
            }
            return checked;
        });
    };
}

Expected<BeginExchange> begin_gssapi(const ListenerConfig& listener) {
    const Config config = listener.config("GSSAPI");
    auto entry = login_module(listener, "GSSAPI", "Krb5LoginModule");
    if (!entry) {
        return std::unexpected(std::move(entry.error()));
    }
    const auto principal = *entry ? KerberosName::parse((*entry)->option("principal")) : std::optional<KerberosName>();
    if (!principal || principal->instance.empty() || principal->realm.empty() || (*entry)->option("keyTab").empty()) {
        return unusable(fmt::format(
            "{0}sasl.jaas.config names no principal and keytab, and GSSAPI is enabled on listener {1}; write "
            "{0}sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true "
            "keyTab=\"FILE\" principal=\"kafka/HOST@REALM\";",
            setting_of(listener, "GSSAPI"), listener.name()
        ));
    }
    auto rules = KerberosRules::parse(config.sasl_kerberos_principal_to_local_rules);
    if (!rules) {
        return unusable(fmt::format("sasl.kerberos.principal.to.local.rules: {}", rules.error().detail));
    }
    auto server = GssapiServer::open(
        {principal->primary, principal->instance, principal->realm, std::string((*entry)->option("keyTab"))},
        *std::move(rules)
    );
    if (!server) {
        return std::unexpected(std::move(server.error()));
    }
    return [server = *std::move(server)] { return GssapiServer::begin(server); };
}

}  // namespace

Expected<SaslServer::ByListener> SaslServer::read(const Config& config, const Listeners& listeners) const {
    ByListener by_listener;
    for (const auto* list : {&listeners.broker, &listeners.controller}) {
        for (const Listener& listener : *list) {
            if (!uses_sasl(listener.protocol)) {
                continue;
            }
            const ListenerConfig own(config, listener.name);
            Mechanisms mechanisms;
            for (const std::string& name : own.config().sasl_enabled_mechanisms) {
                auto mechanism = read(own, name);
                if (!mechanism) {
                    return std::unexpected(std::move(mechanism.error()));
                }
                mechanisms.push_back(*std::move(mechanism));
            }
            if (mechanisms.empty()) {
                return unusable(fmt::format("sasl.enabled.mechanisms is empty for listener {}", listener.name));
            }
            by_listener[listener.name] = std::make_shared<const Mechanisms>(std::move(mechanisms));
        }
    }
    return by_listener;
}

Expected<void> SaslServer::check(const Config& config, const Listeners& listeners) const {
    const auto by_listener = read(config, listeners);
    return by_listener ? Expected<void>() : fail(ErrorCode::invalid_request, by_listener.error().detail);
}

Expected<void> SaslServer::configure(const Config& config, const Listeners& listeners) {
    auto by_listener = read(config, listeners);
    if (!by_listener) {
        return std::unexpected(std::move(by_listener.error()));
    }
    for (const auto& [listener, enabled] : *by_listener) {
        for (const Mechanism& each : *enabled) {
            greet(listener, each);
        }
    }
    const std::scoped_lock lock(mutex_);
    by_listener_ = *std::move(by_listener);
    return {};
}

void SaslServer::change(const Config& config, const Listeners& listeners) {
    if (const auto taken = configure(config, listeners); !taken) {
        event::error(
            "SASL settings not taken up",
            {{"problem", taken.error().detail}, {"do", "set them anew; until then those from before hold"}}
        );
    }
}

/// Once for as long as it is as it is: begins to fetch keys, and warns of what needs none.
void SaslServer::greet(const std::string& listener, const Mechanism& mechanism) {
    const auto before = mechanisms(listener);
    const auto known = std::ranges::find(*before, mechanism.name, &Mechanism::name);
    if (mechanism.name != "OAUTHBEARER" || (known != before->end() && known->keys_url == mechanism.keys_url)) {
        return;
    }
    if (!mechanism.keys_url.empty()) {
        static_cast<void>(keys_.of(mechanism.keys_url));
        return;
    }
    event::warn(
        "OAUTHBEARER takes tokens that nobody signed",
        {{"listener", listener},
         {"do", "set sasl.oauthbearer.jwks.endpoint.url; without it everybody can name themselves as they like"}}
    );
}

Expected<SaslServer::Mechanism> SaslServer::read(const ListenerConfig& listener, const std::string& name) const {
    const Config config = listener.config(name);
    Mechanism mechanism{name, {}, config.connections_max_reauth_ms};
    Expected<BeginExchange> begin = unusable(fmt::format(
        "sasl.enabled.mechanisms: {} is not supported on listener {}; {} are", name, listener.name(),
        fmt::join(known_mechanisms, ", ")
    ));
    if (name == "PLAIN") {
        begin = begin_plain(listener);
    } else if (name == "GSSAPI") {
        begin = begin_gssapi(listener);
    } else if (name == "OAUTHBEARER") {
        begin = begin_oauthbearer(listener, keys_);
        mechanism.keys_url = config.sasl_oauthbearer_jwks_endpoint_url.value_or("");
    } else if (const auto scram = scram_mechanism(name)) {
        if (auto entry = login_module(listener, name, "ScramLoginModule"); !entry) {
            return std::unexpected(std::move(entry.error()));
        }
        begin = [scram = *scram, &accounts = accounts_] {
            return std::make_unique<ScramExchange>(scram, accounts, unforeseeable_text(nonce_size));
        };
    }
    if (!begin) {
        return std::unexpected(std::move(begin.error()));
    }
    mechanism.begin = *std::move(begin);
    return mechanism;
}

std::shared_ptr<const SaslServer::Mechanisms> SaslServer::mechanisms(const std::string& listener) const {
    static const auto none = std::make_shared<const Mechanisms>();
    const std::scoped_lock lock(mutex_);
    const auto found = by_listener_.find(listener);
    return found != by_listener_.end() ? found->second : none;
}

void SaslServer::count(const std::string& listener, const std::string& mechanism, std::string_view failure) {
    if (failure.empty()) {
        metrics_.counter(Metric::authentications, {listener, mechanism}).add();
    } else {
        metrics_.counter(Metric::authentication_failures, {listener, mechanism, std::string(failure)}).add();
    }
}

}  // namespace barnabas
