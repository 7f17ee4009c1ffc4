#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "config/listener_config.h"
#include "config/security_protocol.h"
#include "security/tls_context.h"

namespace barnabas {

/// What a listener's `ssl.` settings say. As in Kafka, a SASL_SSL listener asks for a certificate only where
/// `ssl.client.auth` is set for the listener itself.
[[nodiscard]] TlsSettings listener_tls(const ListenerConfig& listener, SecurityProtocol protocol);

/// Reads files for TLS. Blocks. Errors: invalid_config.
[[nodiscard]] Expected<Bytes> read_tls_file(const std::string& path);

/// The keys and the trust of one listener, which new connections begin with. They are made anew when settings or files
/// change; connections that are open keep what they began with. Any thread; the calls that may make them anew block.
class TlsListener {
public:
    /// `among_brokers`: the listener that brokers use among themselves, whose trust must fit its keys, as Kafka wants
    /// it. Errors: invalid_config, in words that name the listener, the setting and the file.
    [[nodiscard]] static Expected<std::shared_ptr<TlsListener>> open(
        const ListenerConfig& listener, SecurityProtocol protocol, bool among_brokers = false
    );

    [[nodiscard]] std::shared_ptr<const TlsContext> context() const;

    /// Takes other settings, if they differ. What cannot be used is told in the log, and what was stays.
    void change(const ListenerConfig& listener);
    /// Whether `change` would take them: they can be read, and a new certificate has the old subject and at least the
    /// old alternative names, unless `ssl.allow.dn.changes` and `ssl.allow.san.changes` say otherwise. Errors:
    /// invalid_request.
    [[nodiscard]] Expected<void> check(const ListenerConfig& listener) const;
    /// Reads the files again if one of them has changed since they were read.
    void look_at_files();

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    /// What tells that a file was replaced or written.
    struct Stamp {
        std::int64_t modified = -1;
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        bool operator==(const Stamp&) const = default;
    };
    using Stamps = std::map<std::string, Stamp>;
    struct Rules {
        bool subject_may_change = false;
        bool names_may_change = false;
        bool operator==(const Rules&) const = default;
    };

    TlsListener(std::string name, SecurityProtocol protocol, bool among_brokers)
        : name_(std::move(name)), protocol_(protocol), among_brokers_(among_brokers) {}
    [[nodiscard]] Expected<std::shared_ptr<const TlsContext>> usable(const TlsSettings& settings) const;
    [[nodiscard]] static Stamps stamps_of(const TlsSettings& settings);
    [[nodiscard]] static Rules rules_of(const ListenerConfig& listener);
    [[nodiscard]] Expected<std::shared_ptr<const TlsContext>> made(const TlsSettings& settings, Rules rules) const;
    void renew(const TlsSettings& settings, Rules rules, std::string_view why);

    const std::string name_;
    const SecurityProtocol protocol_;
    const bool among_brokers_;
    std::mutex renewing_;  ///< one at a time makes new ones
    mutable std::mutex mutex_;
    std::shared_ptr<const TlsContext> context_;  ///< guarded by `mutex_`
    TlsSettings settings_;                       ///< what was last tried; guarded by `renewing_`, as those below
    Rules rules_;
    Stamps stamps_;
};

}  // namespace barnabas
