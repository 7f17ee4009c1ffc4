#pragma once

#include "cli/group_tables.h"

namespace barnabas {

/// "topic" or "topic:0,1,2" as partitions; a topic alone stands for all that it has. Errors are sentences.
std::expected<std::vector<TopicPartition>, std::string> find_partitions(
    ToolSession& session, const std::vector<std::string>& topics, std::vector<std::string>* unknown = nullptr
);

/// Where `reset-offsets` would put a group, by the flags: one of the --to-..., --by-duration, --shift-by, --from-file.
/// In the order in which Apache prints them. Errors are sentences.
std::expected<NewOffsets, std::string> plan_reset(
    ToolSession& session, const Arguments& arguments, const std::string& group
);

/// "P1DT2H3M4.5S" (ISO 8601, as java.time.Duration reads it).
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "2026-01-31T12:00:00.000", UTC, or with a zone: "Z", "+02:00", "+0200".
[[nodiscard]] std::optional<Timestamp> parse_datetime(std::string_view text);

/// Lines "topic,partition,offset", or with the group before them. Errors name the line.
[[nodiscard]] std::expected<std::map<std::string, NewOffsets>, std::string> parse_reset_csv(
    std::string_view text, const std::vector<std::string>& groups
);

}  // namespace barnabas
