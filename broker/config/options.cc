#include <algorithm>
#include <array>

#include "config/checks.h"
#include "config/kind_text.h"
#include "config/option.h"

namespace barnabas {

namespace {

using namespace checks;

#define OPTION(kind_, field, key, default_value, allowed_, changes_, status_, help_)                                \
    Option{                                                                                                         \
        {key, kind::kind_::type, status::status_, help_, [] { return kind::allowed_words<kind::kind_>(allowed_); }, \
         [](Config& config, std::string_view text) {                                                                \
             return kind::assign<kind::kind_>(config.field, text, allowed_);                                        \
         },                                                                                                         \
         [](const Config& config) { return kind::print<kind::kind_>(config.field); }},                              \
        Changes::changes_                                                                                           \
    },
constexpr auto broker_rows = std::to_array<Option>({
#include "config/options.def"
});
#undef OPTION

constexpr auto broker_rows_by_key = [] {
    std::array<const Option*, broker_rows.size()> sorted{};
    std::ranges::transform(broker_rows, sorted.begin(), [](const Option& row) { return &row; });
    std::ranges::sort(sorted, {}, &Option::key);
    return sorted;
}();
static_assert(
    std::ranges::adjacent_find(broker_rows_by_key, {}, &Option::key) == broker_rows_by_key.end(), "a key stands twice"
);

/// Kafka's settings that stand in several units, finest first.
constexpr auto units = std::to_array<std::array<std::string_view, 3>>({
    {"log.roll.ms", "log.roll.hours"},
    {"log.roll.jitter.ms", "log.roll.jitter.hours"},
    {"log.flush.interval.ms", "log.flush.scheduler.interval.ms"},
    {"log.retention.ms", "log.retention.minutes", "log.retention.hours"},
});

}  // namespace

std::span<const Option> options() {
    return broker_rows;
}

const Option* find_option(std::string_view key) {
    const auto* found = std::ranges::lower_bound(broker_rows_by_key, key, {}, &Option::key);
    return found != broker_rows_by_key.end() && (*found)->key == key ? *found : nullptr;
}

std::vector<std::string_view> broker_synonyms(std::string_view key) {
    for (const auto& keys : units) {
        // The scheduler's interval is a setting of its own that only lends its value.
        if (std::ranges::find(keys, key) != keys.end() && key != "log.flush.scheduler.interval.ms") {
            std::vector<std::string_view> all(keys.begin(), keys.end());
            std::erase(all, "");
            return all;
        }
    }
    return {key};
}

}  // namespace barnabas
