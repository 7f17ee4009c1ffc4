#include "config/live_config.h"

#include "config/known_key.h"

namespace barnabas {

namespace {

/// Lays `overrides` over `entries`, which hold for `config`.
void overlay(ConfigEntries& entries, const ConfigEntries& overrides, bool of_one_broker) {
    for (const auto& [key, value] : overrides) {
        const auto known = find_known_key(key);
        if (!known || known->row == nullptr || !known->row->dynamic() ||
            (known->row->changes == Changes::per_broker && !of_one_broker)) {
            continue;
        }
        Config scratch;
        if (!apply_setting(scratch, key, *known, value)) {
            continue;
        }
        for (const auto synonym : broker_synonyms(key)) {
            if (const auto found = entries.find(synonym); found != entries.end()) {
                entries.erase(found);
            }
        }
        entries.insert_or_assign(key, value);
    }
}

}  // namespace

Config effective_config(const NodeSettings& node, const ConfigEntries& cluster, const ConfigEntries& broker) {
    ConfigEntries entries = node.written;
    overlay(entries, cluster, false);
    overlay(entries, broker, true);
    Config config;
    for (const auto& [key, value] : entries) {
        if (const auto known = find_known_key(key)) {
            static_cast<void>(apply_setting(config, key, *known, value));
        }
    }
    return config;
}

LiveConfig::LiveConfig(NodeSettings node)
    : node_(std::move(node)), current_(std::make_shared<const Config>(node_.config)) {}

std::shared_ptr<const Config> LiveConfig::get() const {
    const std::scoped_lock lock(mutex_);
    return current_;
}

void LiveConfig::update(const ConfigEntries& cluster, const ConfigEntries& broker) {
    auto next = std::make_shared<const Config>(effective_config(node_, cluster, broker));
    const std::scoped_lock lock(mutex_);
    current_ = std::move(next);
}

}  // namespace barnabas
