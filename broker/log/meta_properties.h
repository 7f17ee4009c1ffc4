#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "model/ids.h"

namespace barnabas {

inline constexpr std::string_view meta_properties_file_name = "meta.properties";

/// Whose a log directory is: the content of its `meta.properties`.
struct MetaProperties {
    std::string cluster_id;
    NodeId node_id = no_node;
    Uuid directory_id;  ///< zero where an older Kafka wrote none

    bool operator==(const MetaProperties&) const = default;
};

/// Reads Java's properties text. Errors: a sentence on what is missing or wrong.
[[nodiscard]] std::expected<MetaProperties, std::string> parse_meta_properties(std::string_view text);

/// The text as Apache writes it, version 1, with the time as a comment.
[[nodiscard]] std::string meta_properties_text(const MetaProperties& properties, Timestamp now);

}  // namespace barnabas
