#include "config/describe.h"

#include <algorithm>

#include "config/known_key.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

using Synonyms = std::vector<ConfigSynonym>;

const Config& default_config() {
    static const Config config;
    return config;
}

/// Settings that Kafka gives no default at all.
bool has_default(std::string_view key) {
    return key != "node.id" && key != "process.roles" && key != "controller.listener.names";
}

void add_from(
    Synonyms& synonyms, const ConfigEntries& entries, std::string_view key, ConfigSource source, bool secret
) {
    if (const auto found = entries.find(key); found != entries.end()) {
        synonyms.push_back({std::string(key), secret ? std::nullopt : std::optional(found->second), source});
    }
}

/// Everything said of `key` and its other names, highest precedence first. What stands before the first word on `key`
/// itself does not count, as in Kafka: of log.roll.ms it is not told that log.roll.hours gives its value.
Synonyms broker_values(
    const ConfigLayers& layers, std::string_view key, const std::vector<std::string_view>& names, bool secret
) {
    Synonyms all;
    const auto from = [&](const ConfigEntries& entries, ConfigSource source) {
        for (const auto name : names) {
            add_from(all, entries, name, source, secret);
        }
    };
    from(layers.broker, ConfigSource::dynamic_broker);
    from(layers.cluster, ConfigSource::dynamic_default_broker);
    from(layers.node.written, ConfigSource::static_broker);
    for (const auto name : names) {
        const auto* row = find_option(name);
        if (row != nullptr && has_default(name) && !secret) {
            if (auto text = row->text(default_config())) {
                all.push_back({std::string(name), std::move(text), ConfigSource::default_value});
            }
        }
    }
    all.erase(all.begin(), std::ranges::find(all, key, &ConfigSynonym::name));
    return all;
}

/// A list is told in the order in which it was written.
std::optional<std::string> value_of(ConfigType type, std::optional<std::string> typed, const Synonyms& synonyms) {
    if (type == ConfigType::list && !synonyms.empty() && synonyms.front().value) {
        return value_text::join(value_text::split_list(*synonyms.front().value));
    }
    return typed;
}

ConfigSource source_of(const Synonyms& synonyms) {
    return synonyms.empty() ? ConfigSource::default_value : synonyms.front().source;
}

DescribedConfig describe_option(const ConfigLayers& layers, const Option& row) {
    DescribedConfig told;
    told.name = row.key;
    told.synonyms = broker_values(layers, row.key, broker_synonyms(row.key), row.sensitive());
    told.value = value_of(row.type, row.text(layers.effective), told.synonyms);
    told.read_only = !row.dynamic();
    told.source = source_of(told.synonyms);
    told.sensitive = row.sensitive();
    told.type = static_cast<std::int8_t>(row.type);
    told.documentation = row.help;
    return told;
}

/// A key that was set and has no option of its own: one for a single listener, or one whose type nobody here knows and
/// which may therefore be a secret.
DescribedConfig describe_other(const ConfigLayers& layers, std::string_view key) {
    const auto known = find_known_key(key);
    const auto* row = known ? known->row : nullptr;
    DescribedConfig told;
    told.name = key;
    told.sensitive = !is_dynamic_only(key) && (row == nullptr || row->sensitive());
    std::vector<std::string_view> names{key};
    if (row != nullptr) {
        names.push_back(row->key);
        told.documentation = row->help;
    }
    told.synonyms = broker_values(layers, key, names, told.sensitive);
    told.source = source_of(told.synonyms);
    told.value = told.synonyms.empty() ? std::nullopt : told.synonyms.front().value;
    told.read_only = !is_dynamic_only(key);
    told.type = is_dynamic_only(key) ? static_cast<std::int8_t>(ConfigType::int64)
                                     : static_cast<std::int8_t>(row == nullptr ? ConfigType{} : row->type);
    return told;
}

bool wanted(std::span<const std::string_view> keys, std::string_view key) {
    return keys.empty() || std::ranges::find(keys, key) != keys.end();
}

/// The overrides of a topic or group, over what the broker says.
template <class Row, class Settings>
DescribedConfig describe_row(
    const ConfigLayers& layers, const Row& row, const Settings& effective, const ConfigEntries& overrides,
    ConfigSource source
) {
    DescribedConfig told;
    told.name = row.key;
    if (overrides.contains(row.key)) {
        told.synonyms.push_back({told.name, row.text(effective), source});
    }
    if (!row.broker_key.empty()) {
        std::ranges::move(
            broker_values(layers, row.broker_key, broker_synonyms(row.broker_key), false),
            std::back_inserter(told.synonyms)
        );
    }
    told.value = row.text(effective);
    if (const auto found = overrides.find(row.key); row.type == ConfigType::list && found != overrides.end()) {
        told.value = value_text::join(value_text::split_list(found->second));
        told.synonyms.front().value = told.value;
    } else {
        told.value = value_of(row.type, std::move(told.value), told.synonyms);
    }
    told.source = source_of(told.synonyms);
    told.type = static_cast<std::int8_t>(row.type);
    told.documentation = row.help;
    return told;
}

}  // namespace

std::vector<DescribedConfig> describe_broker(const ConfigLayers& layers, std::span<const std::string_view> keys) {
    std::vector<DescribedConfig> all;
    for (const auto& row : options()) {
        const bool shown = row.changes != Changes::internal || layers.node.written.contains(row.key);
        if (shown && wanted(keys, row.key)) {
            all.push_back(describe_option(layers, row));
        }
    }
    ConfigEntries others;
    for (const auto* layer : {&layers.node.written, &layers.cluster, &layers.broker}) {
        others.insert(layer->begin(), layer->end());
    }
    for (const auto& [key, value] : others) {
        if (find_option(key) == nullptr && wanted(keys, key)) {
            all.push_back(describe_other(layers, key));
        }
    }
    return all;
}

std::vector<DescribedConfig> describe_cluster(const ConfigLayers& layers, std::span<const std::string_view> keys) {
    std::vector<DescribedConfig> all;
    for (const auto& [key, value] : layers.cluster) {
        if (!wanted(keys, key)) {
            continue;
        }
        const auto* row = find_option(key);
        auto told = row != nullptr ? describe_option(layers, *row) : describe_other(layers, key);
        told.value = told.sensitive ? std::nullopt : std::optional(value);
        told.source = ConfigSource::dynamic_default_broker;
        std::erase_if(told.synonyms, [](const ConfigSynonym& each) {
            return each.source != ConfigSource::dynamic_default_broker;
        });
        all.push_back(std::move(told));
    }
    return all;
}

std::vector<DescribedConfig> describe_topic(
    const ConfigLayers& layers, const ConfigEntries& overrides, std::span<const std::string_view> keys
) {
    const auto effective = TopicConfig::effective(layers.effective, overrides);
    std::vector<DescribedConfig> all;
    for (const auto& row : topic_options()) {
        const bool shown = row.key != "internal.segment.bytes" || overrides.contains(row.key);
        if (shown && wanted(keys, row.key)) {
            all.push_back(describe_row(layers, row, effective, overrides, ConfigSource::dynamic_topic));
        }
    }
    return all;
}

std::vector<DescribedConfig> describe_group(
    const ConfigLayers& layers, const ConfigEntries& overrides, std::span<const std::string_view> keys
) {
    const auto effective = GroupConfig::effective(layers.effective, overrides);
    std::vector<DescribedConfig> all;
    for (const auto& row : group_options()) {
        if (!wanted(keys, row.key)) {
            continue;
        }
        auto told = describe_row(layers, row, effective, overrides, ConfigSource::dynamic_group);
        if (row.broker_key.empty()) {
            told.synonyms.push_back({told.name, row.text(GroupConfig()), ConfigSource::default_value});
        }
        all.push_back(std::move(told));
    }
    return all;
}

}  // namespace barnabas
