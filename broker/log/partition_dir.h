#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "model/topic_partition.h"

namespace barnabas {

/// What a partition's folder in a log directory is, by Kafka's names.
struct PartitionDir {
    enum class Kind : std::uint8_t {
        current,  ///< "orders-3"
        future,   ///< "orders-3.<id>-future": a replica on its way from another log directory
        deleted,  ///< "orders-3.<id>-delete": waits for its removal
        stray,    ///< "orders-3.<id>-stray": not assigned to this node (any more), kept for a person to look at
    };

    TopicPartition partition;
    Kind kind = Kind::current;

    bool operator==(const PartitionDir&) const = default;

    /// The partition that a folder's name tells, or a sentence on why it is none.
    [[nodiscard]] static std::expected<PartitionDir, std::string> parse(std::string_view name);

    /// The folder's name. `unique` tells several folders of one partition apart; a current one has none. A topic's name
    /// is cut where the whole would pass the 255 characters that file systems take, except for a future one, whose name
    /// must lead back to its partition.
    [[nodiscard]] static std::string name(const TopicPartition& partition, Kind kind, Uuid unique = {});
};

}  // namespace barnabas
