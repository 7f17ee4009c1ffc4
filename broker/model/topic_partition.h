#pragma once

#include <compare>
#include <functional>
#include <string>

#include "model/ids.h"

namespace barnabas {

struct TopicPartition {
    std::string topic;
    PartitionId partition;

    auto operator<=>(const TopicPartition&) const = default;

    /// "orders-3", the name of its folder in `log.dirs`.
    [[nodiscard]] std::string text() const { return topic + "-" + std::to_string(partition.value); }
};

}  // namespace barnabas

template <>
struct std::hash<barnabas::TopicPartition> {
    std::size_t operator()(const barnabas::TopicPartition& tp) const noexcept {
        return std::hash<std::string>()(tp.topic) * 31 + static_cast<std::size_t>(tp.partition.value);
    }
};
