#pragma once

#include "model/ids.h"

namespace barnabas {

/// One replica of the metadata log: a node and the directory it keeps the log in, so that a node whose disk was
/// replaced is not taken for the voter it was (KIP-853). The directory is zero where it is not known.
struct ReplicaKey {
    NodeId id = no_node;
    Uuid directory{};

    constexpr auto operator<=>(const ReplicaKey&) const = default;

    /// Whether `other` may be the same replica: the same node, and no two different directories.
    [[nodiscard]] constexpr bool matches(const ReplicaKey& other) const {
        return id == other.id && (directory.is_zero() || other.directory.is_zero() || directory == other.directory);
    }
};

}  // namespace barnabas
