#pragma once

#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/topic_partition.h"

namespace barnabas {

/// Where a checkpoint's text stops making sense. Lines count from 1.
struct CheckpointFault {
    int line = 0;
    std::string why;
    bool operator==(const CheckpointFault&) const = default;
};

/// The rows of Kafka's checkpoint format: a line with the version (0), a line with the count of rows, then the rows,
/// each line ended by a newline. An empty text has no rows: Apache creates its files so. The views point into `text`.
/// A text that ends before its count, or in the middle of a line, is a fault: it was not written to its end.
[[nodiscard]] std::expected<std::vector<std::string_view>, CheckpointFault> parse_checkpoint_rows(std::string_view text
);

/// The text of a checkpoint with these rows.
[[nodiscard]] std::string checkpoint_text(const std::vector<std::string>& rows);

/// An offset for each partition, as `recovery-point-offset-checkpoint` and its kin hold.
using PartitionOffsets = std::map<TopicPartition, Offset>;

/// Rows "topic partition offset".
[[nodiscard]] std::expected<PartitionOffsets, CheckpointFault> parse_partition_offsets(std::string_view text);
[[nodiscard]] std::string partition_offsets_text(const PartitionOffsets& offsets);

}  // namespace barnabas
