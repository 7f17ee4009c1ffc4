#include "log/leader_epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "log/checkpoint_text.h"

namespace barnabas {

namespace {

template <class Int>
bool parse_number(std::string_view text, Int& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::expected<LeaderEpochs, std::string> LeaderEpochs::parse(std::string_view text) {
    const auto rows = parse_checkpoint_rows(text);
    if (!rows) {
        return std::unexpected(fmt::format("line {}: {}", rows.error().line, rows.error().why));
    }
    LeaderEpochs epochs;
    for (const std::string_view row : *rows) {
        const std::size_t space = std::min(row.find(' '), row.size());
        Entry entry;
        if (!parse_number(row.substr(0, space), entry.epoch.value) ||
            !parse_number(row.substr(std::min(space + 1, row.size())), entry.start.value) || entry.epoch.value < 0 ||
            entry.start.value < 0) {
            return std::unexpected(fmt::format("'{}' is no epoch and offset", row));
        }
        epochs.assign(entry.epoch, entry.start);
    }
    return epochs;
}

std::string LeaderEpochs::text() const {
    std::vector<std::string> rows;
    rows.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        rows.push_back(fmt::format("{} {}", entry.epoch.value, entry.start.value));
    }
    return checkpoint_text(rows);
}

bool LeaderEpochs::assign(LeaderEpoch epoch, Offset start) {
    if (const auto last = latest(); last && last->epoch == epoch && last->start <= start) {
        return false;  // it goes on
    }
    // What claims a later epoch or the same offsets was never committed, or it would have been seen.
    std::erase_if(entries_, [&](const Entry& each) { return each.epoch >= epoch || each.start >= start; });
    entries_.push_back({epoch, start});
    return true;
}

std::optional<LeaderEpochs::Entry> LeaderEpochs::latest() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.back());
}

std::optional<LeaderEpoch> LeaderEpochs::epoch_at(Offset offset) const {
    const auto after = std::ranges::upper_bound(entries_, offset, {}, &Entry::start);
    return after == entries_.begin() ? std::nullopt : std::optional(std::prev(after)->epoch);
}

LeaderEpochs::EndOffset LeaderEpochs::end_offset(LeaderEpoch requested, Offset log_end) const {
    if (requested == no_leader_epoch || entries_.empty()) {
        return {};
    }
    if (requested == entries_.back().epoch) {
        return {requested, log_end};
    }
    const auto higher = std::ranges::upper_bound(entries_, requested, {}, &Entry::epoch);
    if (higher == entries_.end()) {
        return {};  // an epoch of the future
    }
    if (higher == entries_.begin()) {
        return {requested, higher->start};  // older than all: what it wrote ends where the first begins
    }
    return {std::prev(higher)->epoch, higher->start};
}

bool LeaderEpochs::truncate_end(Offset end) {
    return std::erase_if(entries_, [&](const Entry& each) { return each.start >= end; }) > 0;
}

bool LeaderEpochs::truncate_start(Offset start) {
    const auto after = std::ranges::upper_bound(entries_, start, {}, &Entry::start);
    if (after == entries_.begin() || std::prev(after)->start == start) {
        const auto first = after == entries_.begin() ? after : std::prev(after);
        const bool changed = first != entries_.begin();
        entries_.erase(entries_.begin(), first);
        return changed;
    }
    const auto in_force = std::prev(after);
    in_force->start = start;
    entries_.erase(entries_.begin(), in_force);
    return true;
}

}  // namespace barnabas
