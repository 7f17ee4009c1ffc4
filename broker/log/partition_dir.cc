#include "log/partition_dir.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace barnabas {

namespace {

using Kind = PartitionDir::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 3> suffixes{{
    {Kind::future, "-future"},
    {Kind::deleted, "-delete"},
    {Kind::stray, "-stray"},
}};

std::expected<TopicPartition, std::string> parse_partition(std::string_view name) {
    const std::size_t dash = name.rfind('-');
    const std::string_view digits = dash == std::string_view::npos ? std::string_view() : name.substr(dash + 1);
    std::int32_t partition = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), partition);
    if (dash == 0 || digits.empty() || error != std::errc() || end != digits.data() + digits.size() || partition < 0) {
        return std::unexpected(fmt::format("'{}' is not a topic, a dash and a partition's number", name));
    }
    return TopicPartition{std::string(name.substr(0, dash)), {partition}};
}

}  // namespace

std::expected<PartitionDir, std::string> PartitionDir::parse(std::string_view name) {
    Kind kind = Kind::current;
    std::string_view partition = name;
    // "a-1.5-delete" without a dot before the suffix is no folder of ours: a topic "a-delete" has a number behind it.
    const auto suffix = std::ranges::find_if(suffixes, [&](const auto& each) { return name.ends_with(each.second); });
    if (suffix != suffixes.end()) {
        const std::size_t dot = name.rfind('.');
        if (dot == std::string_view::npos || dot + 1 + suffix->second.size() >= name.size()) {
            return std::unexpected(fmt::format("'{}' has no id before '{}'", name, suffix->second));
        }
        kind = suffix->first;
        partition = name.substr(0, dot);
    }
    auto parsed = parse_partition(partition);
    if (!parsed) {
        return std::unexpected(std::move(parsed).error());
    }
    return PartitionDir{*std::move(parsed), kind};
}

std::string PartitionDir::name(const TopicPartition& partition, Kind kind, Uuid unique) {
    if (kind == Kind::current) {
        return partition.text();
    }
    const auto suffix = std::ranges::find(suffixes, kind, &std::pair<Kind, std::string_view>::first);
    const std::string tail =
        fmt::format("-{}.{:016x}{:016x}{}", partition.partition.value, unique.high, unique.low, suffix->second);
    constexpr std::size_t longest = 255;
    const std::size_t room = kind == Kind::future ? partition.topic.size() : longest - tail.size();
    return partition.topic.substr(0, room) + tail;
}

}  // namespace barnabas
