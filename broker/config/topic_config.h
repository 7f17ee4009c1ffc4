#pragma once

#include <map>

#include "config/config.h"

namespace barnabas {

/// Overrides of one resource as they stand in the metadata log: key -> value.
using ConfigEntries = std::map<std::string, std::string, std::less<>>;

/// Every setting of a topic, one field for each of Kafka's topic keys. A value, published as
/// shared_ptr<const TopicConfig>; -1 is no limit where Kafka says so.
struct TopicConfig {
#define TOPIC_OPTION(kind_, field, key, default_value, allowed, broker_key, inherited, status, help) \
    kind::kind_::Value field{default_value};
#include "config/topic_options.def"
#undef TOPIC_OPTION

    /// What holds for a topic with these overrides on a node with this configuration. An override that does not parse
    /// (written by another version) counts as absent; `validate_topic_config` is what refuses it beforehand.
    [[nodiscard]] static TopicConfig effective(const Config& config, const ConfigEntries& overrides);

    bool operator==(const TopicConfig&) const = default;
};

}  // namespace barnabas
