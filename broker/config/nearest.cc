#include "config/nearest.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace barnabas {

namespace {

/// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const auto replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest(std::string_view text, std::span<const std::string_view> candidates) {
    text = text.substr(0, 100);  // keys are shorter, and a peer's text may be of any length
    std::string_view best;
    auto least = std::numeric_limits<std::size_t>::max();
    for (const auto each : candidates) {
        const auto lengths = text.size() > each.size() ? text.size() - each.size() : each.size() - text.size();
        if (lengths >= least) {
            continue;
        }
        if (const auto steps = distance(text, each); steps < least) {
            least = steps;
            best = each;
        }
    }
    return best;
}

}  // namespace barnabas
