#include "raft/snapshot_name.h"

#include <fmt/format.h>

#include <charconv>

namespace barnabas {

namespace {

constexpr std::size_t offset_digits = 20, epoch_digits = 10;

template <class Int>
std::optional<Int> digits(std::string_view text) {
    Int value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && !text.starts_with('-') ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string snapshot_file_name(const SnapshotId& id) {
    return fmt::format("{:020}-{:010}.checkpoint", id.offset.value, id.epoch.value);
}

std::optional<SnapshotId> parse_snapshot_file_name(std::string_view name) {
    constexpr std::size_t stem = offset_digits + 1 + epoch_digits;
    if (name.size() < stem || name[offset_digits] != '-' || name.substr(stem) != ".checkpoint") {
        return std::nullopt;
    }
    const auto offset = digits<std::int64_t>(name.substr(0, offset_digits));
    const auto epoch = digits<std::int32_t>(name.substr(offset_digits + 1, epoch_digits));
    if (!offset || !epoch) {
        return std::nullopt;
    }
    return SnapshotId{{*epoch}, {*offset}};
}

}  // namespace barnabas
