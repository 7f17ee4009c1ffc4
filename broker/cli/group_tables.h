#pragma once

#include "cli/group_description.h"

namespace barnabas {

/// One line of `consumer-groups --describe --offsets`.
struct GroupOffsetRow {
    std::optional<TopicPartition> partition;
    std::optional<Offset> current;
    std::optional<LeaderEpoch> leader_epoch;
    std::optional<Offset> log_end;
    std::string consumer = "-";
    std::string host = "-";
    std::string client = "-";
};

using NewOffsets = std::vector<std::pair<TopicPartition, Offset>>;

// The tables of the tool, as Apache lays them out.
[[nodiscard]] std::string render_group_list(const std::vector<GroupListing>& groups, bool type, bool state);
[[nodiscard]] std::string render_offsets(
    const std::string& group, const std::vector<GroupOffsetRow>& rows, bool verbose
);
[[nodiscard]] std::string render_members(const GroupDescription& group, bool verbose);
[[nodiscard]] std::string render_state(const GroupDescription& group, bool verbose);
[[nodiscard]] std::string render_new_offsets(const std::vector<std::pair<std::string, NewOffsets>>& groups);
/// The lines of the file that `--from-file` reads. The group stands there unless there is only one.
[[nodiscard]] std::string render_csv(const std::vector<std::pair<std::string, NewOffsets>>& groups, bool with_group);

}  // namespace barnabas
