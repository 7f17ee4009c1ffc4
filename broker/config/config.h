#pragma once

#include <map>

#include "config/kinds.h"

namespace barnabas {

/// What is set for one listener alone, as `listener.name.{lower-case name}.{key}`: the texts by key. A SASL mechanism's
/// lower-case name may stand in front of the key. ListenerConfig tells what they mean.
using ListenerSettings = std::map<std::string, Secret, std::less<>>;

/// What Kafka hands on to its authorizer: keys that its configuration does not know, and does not describe.
struct AuthorizerSettings {
    std::string super_users;  ///< "User:admin;User:root"
    bool allow_everyone_if_no_acl_found = false;
    bool operator==(const AuthorizerSettings&) const = default;
};

/// Every setting of a node, one field for each of Kafka's broker keys and our own `barnabas.` keys, dots written as
/// underscores. A value: a change makes a new Config and publishes it as shared_ptr<const Config>.
///
/// Numbers keep Kafka's special values (-1 for no limit). Times may be milliseconds::max(): never convert them to a
/// finer unit before they are bounded.
struct Config {
#define OPTION(kind_, field, key, default_value, allowed, changes, status, help) \
    kind::kind_::Value field{default_value};
#include "config/options.def"
#undef OPTION

    std::map<std::string, ListenerSettings, std::less<>> listener_settings;  ///< by lower-case listener name

    /// `listener.name.{lower-case name}.max.connections` of the listeners that have one.
    [[nodiscard]] std::map<std::string, std::int32_t> max_connections_of_listeners() const;
    /// `listener.name.{lower-case name}.max.connection.creation.rate` of the listeners that have one.
    [[nodiscard]] std::map<std::string, std::int32_t> connection_rates_of_listeners() const;

    AuthorizerSettings authorizer;

    /// What the broker's keys say for topics that say nothing: the finest unit that is set counts, and a time below
    /// zero is no limit (-1).
    [[nodiscard]] std::chrono::milliseconds log_retention() const;
    [[nodiscard]] std::chrono::milliseconds log_roll() const;
    [[nodiscard]] std::chrono::milliseconds log_roll_jitter() const;
    [[nodiscard]] std::chrono::milliseconds log_flush_interval() const;

    /// Bytes of requests that may be in memory at once: queued.max.request.bytes where it is set, otherwise
    /// barnabas.requests.max.bytes, but always one whole request.
    [[nodiscard]] std::int64_t request_memory() const;

    /// `log.dirs`, else `log.dir`.
    [[nodiscard]] const std::vector<std::string>& data_dirs() const;
    /// `metadata.log.dir`, else the first of `data_dirs()`.
    [[nodiscard]] const std::string& metadata_dir() const;

    [[nodiscard]] bool is_broker() const;
    [[nodiscard]] bool is_controller() const;

    bool operator==(const Config&) const = default;
};

}  // namespace barnabas
