#include "log/checkpoint_text.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace barnabas {

namespace {

template <class Int>
std::optional<Int> number(std::string_view text) {
    Int value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::unexpected<CheckpointFault> fault(std::size_t line, std::string why) {
    return std::unexpected(CheckpointFault{static_cast<int>(line), std::move(why)});
}

constexpr std::size_t lines_before_rows = 2;

}  // namespace

std::expected<std::vector<std::string_view>, CheckpointFault> parse_checkpoint_rows(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) {
            return fault(lines.size() + 1, fmt::format("'{}' is not ended by a newline", text));
        }
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    if (lines.empty()) {
        return lines;
    }
    if (number<std::int32_t>(lines[0]) != 0) {
        return fault(1, fmt::format("the version is '{}'; only 0 is known", lines[0]));
    }
    const auto count = lines.size() > 1 ? number<std::int32_t>(lines[1]) : std::nullopt;
    if (!count || *count < 0) {
        return fault(2, "the count of rows is missing or no number");
    }
    lines.erase(lines.begin(), lines.begin() + lines_before_rows);
    if (lines.size() != static_cast<std::size_t>(*count)) {
        return fault(
            lines.size() + lines_before_rows, fmt::format("{} rows where {} were promised", lines.size(), *count)
        );
    }
    return lines;
}

std::string checkpoint_text(const std::vector<std::string>& rows) {
    std::string text = fmt::format("0\n{}\n", rows.size());
    for (const std::string& row : rows) {
        text.append(row).push_back('\n');
    }
    return text;
}

std::expected<PartitionOffsets, CheckpointFault> parse_partition_offsets(std::string_view text) {
    const auto rows = parse_checkpoint_rows(text);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    PartitionOffsets offsets;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const std::string_view row = (*rows)[i];
        const std::size_t first = row.find(' ');
        const std::size_t second = first == std::string_view::npos ? first : row.find(' ', first + 1);
        if (first == 0 || second == std::string_view::npos) {
            return fault(i + lines_before_rows + 1, fmt::format("'{}' is not a topic, a partition and an offset", row));
        }
        const auto partition = number<std::int32_t>(row.substr(first + 1, second - first - 1));
        const auto offset = number<std::int64_t>(row.substr(second + 1));
        if (!partition || *partition < 0 || !offset || *offset < 0) {
            return fault(i + lines_before_rows + 1, fmt::format("'{}' is not a topic, a partition and an offset", row));
        }
        offsets[{std::string(row.substr(0, first)), {*partition}}] = {*offset};
    }
    return offsets;
}

std::string partition_offsets_text(const PartitionOffsets& offsets) {
    std::vector<std::string> rows;
    rows.reserve(offsets.size());
    for (const auto& [tp, offset] : offsets) {
        rows.push_back(fmt::format("{} {} {}", tp.topic, tp.partition.value, offset.value));
    }
    return checkpoint_text(rows);
}

}  // namespace barnabas
