#include "server/tls_listener.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "common/events.h"
#include "io/whole_file.h"
#include "security/tls_self_check.h"

namespace barnabas {

namespace {

std::optional<std::string> revealed(const std::optional<Secret>& secret) {
    return secret ? std::optional(secret->reveal()) : std::nullopt;
}

std::string capital_letters(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

}  // namespace

TlsSettings listener_tls(const ListenerConfig& listener, SecurityProtocol protocol) {
    const Config& config = listener.config();
    TlsSettings settings;
    settings.key_store = {
        capital_letters(config.ssl_keystore_type), config.ssl_keystore_location, revealed(config.ssl_keystore_password),
        revealed(config.ssl_keystore_key), revealed(config.ssl_keystore_certificate_chain)
    };
    settings.key_password = revealed(config.ssl_key_password);
    settings.trust_store = {
        capital_letters(config.ssl_truststore_type), config.ssl_truststore_location,
        revealed(config.ssl_truststore_password), std::nullopt, revealed(config.ssl_truststore_certificates)
    };
    settings.protocols = config.ssl_enabled_protocols;
    settings.cipher_suites = config.ssl_cipher_suites;
    settings.principal_rules = config.ssl_principal_mapping_rules;
    const bool asks = protocol == SecurityProtocol::ssl || listener.has_own("ssl.client.auth");
    settings.client_auth = asks ? config.ssl_client_auth : "none";
    return settings;
}

Expected<Bytes> read_tls_file(const std::string& path) {
    auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes) {
        return fail(ErrorCode::invalid_config, bytes.error().text());
    }
    if (!*bytes) {
        return fail(ErrorCode::invalid_config, fmt::format("there is no file {}", path));
    }
    return **std::move(bytes);
}

TlsListener::Stamps TlsListener::stamps_of(const TlsSettings& settings) {
    Stamps stamps;
    for (const StoreSettings* store : {&settings.key_store, &settings.trust_store}) {
        if (!store->location) {
            continue;
        }
        struct stat found{};
        if (::stat(store->location->c_str(), &found) == 0) {
            const std::int64_t modified = found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec;
            stamps[*store->location] = {modified, found.st_ino, found.st_size};
        } else {
            stamps[*store->location] = {};
        }
    }
    return stamps;
}

TlsListener::Rules TlsListener::rules_of(const ListenerConfig& listener) {
    const Config& config = listener.config();
    return {config.ssl_allow_dn_changes, config.ssl_allow_san_changes};
}

Expected<std::shared_ptr<const TlsContext>> TlsListener::usable(const TlsSettings& settings) const {
    auto context = TlsContext::server(settings, read_tls_file);
    const auto fits =
        context && among_brokers_ ? check_tls_trusts_itself(**context, settings, read_tls_file) : Expected<void>();
    return fits ? std::move(context) : std::unexpected(fits.error());
}

Expected<std::shared_ptr<TlsListener>> TlsListener::open(
    const ListenerConfig& listener, SecurityProtocol protocol, bool among_brokers
) {
    std::shared_ptr<TlsListener> opened(new TlsListener(listener.name(), protocol, among_brokers));
    opened->settings_ = listener_tls(listener, protocol);
    opened->rules_ = rules_of(listener);
    opened->stamps_ = stamps_of(opened->settings_);
    auto context = opened->usable(opened->settings_);
    if (!context) {
        return fail(context.error().code, fmt::format("listener {}: {}", listener.name(), context.error().detail));
    }
    opened->context_ = *std::move(context);
    event::info("TLS is ready", {{"listener", listener.name()}, {"certificate", opened->context_->description()}});
    return opened;
}

std::shared_ptr<const TlsContext> TlsListener::context() const {
    const std::lock_guard lock(mutex_);
    return context_;
}

Expected<std::shared_ptr<const TlsContext>> TlsListener::made(const TlsSettings& settings, Rules rules) const {
    auto next = usable(settings);
    if (!next) {
        return fail(ErrorCode::invalid_request, fmt::format("listener {}: {}", name_, next.error().detail));
    }
    const auto before = context();
    if (!rules.subject_may_change && (*next)->subject() != before->subject()) {
        return fail(
            ErrorCode::invalid_request,
            fmt::format(
                "listener {}: the new certificate is for {}, the old one for {}; set ssl.allow.dn.changes=true if that "
                "is meant",
                name_, (*next)->subject(), before->subject()
            )
        );
    }
    if (!rules.names_may_change && !std::ranges::includes((*next)->alternative_names(), before->alternative_names())) {
        return fail(
            ErrorCode::invalid_request,
            fmt::format(
                "listener {}: the new certificate has the alternative names {}, which lack some of the old one's: {}; "
                "set ssl.allow.san.changes=true if that is meant",
                name_, fmt::join((*next)->alternative_names(), ", "), fmt::join(before->alternative_names(), ", ")
            )
        );
    }
    return next;
}

Expected<void> TlsListener::check(const ListenerConfig& listener) const {
    const auto next = made(listener_tls(listener, protocol_), rules_of(listener));
    return next ? Expected<void>() : std::unexpected(next.error());
}

void TlsListener::renew(const TlsSettings& settings, Rules rules, std::string_view why) {
    settings_ = settings;
    rules_ = rules;
    stamps_ = stamps_of(settings);
    auto next = made(settings, rules);
    if (!next) {
        event::error(
            "TLS not renewed", {{"listener", name_},
                                {"why", why},
                                {"problem", next.error().detail},
                                {"effect", "new connections get the old certificate"}}
        );
        return;
    }
    event::info("TLS renewed", {{"listener", name_}, {"why", why}, {"certificate", (*next)->description()}});
    const std::lock_guard lock(mutex_);
    context_ = *std::move(next);
}

void TlsListener::change(const ListenerConfig& listener) {
    const std::lock_guard lock(renewing_);
    const TlsSettings settings = listener_tls(listener, protocol_);
    if (settings != settings_ || rules_of(listener) != rules_) {
        renew(settings, rules_of(listener), "its settings were changed");
    }
}

void TlsListener::look_at_files() {
    const std::lock_guard lock(renewing_);
    if (stamps_of(settings_) != stamps_) {
        renew(TlsSettings(settings_), rules_, "a file has changed");
    }
}

}  // namespace barnabas
