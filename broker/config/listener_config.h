#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace barnabas {

/// The configuration as one listener has it. A value: taken anew from `LiveConfig::get()` when it has changed.
class ListenerConfig {
public:
    /// Of the listener called `name` in `listeners`.
    ListenerConfig(const Config& config, std::string_view name);

    /// As in `listeners`.
    [[nodiscard]] const std::string& name() const { return name_; }

    /// The node's settings, with what `listener.name.{name}.{key}` says in the place of `{key}`.
    [[nodiscard]] const Config& config() const { return config_; }

    /// The same for one SASL mechanism ("SCRAM-SHA-256"), with `listener.name.{name}.{mechanism}.{key}` on top. As in
    /// Kafka, `sasl.jaas.config` counts only where it is set for the mechanism.
    [[nodiscard]] Config config(std::string_view mechanism) const;

    /// Whether `listener.name.{name}.{key}` is set.
    [[nodiscard]] bool has_own(std::string_view key) const;

    bool operator==(const ListenerConfig&) const = default;

private:
    std::string name_;
    Config config_;
};

}  // namespace barnabas
