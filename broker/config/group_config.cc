#include "config/group_config.h"

#include <algorithm>
#include <array>

#include "config/checks.h"
#include "config/kind_text.h"
#include "config/option.h"

namespace barnabas {

namespace {

using namespace checks;

#define GROUP_OPTION(kind_, field, key, default_value, allowed_, broker_key, inherited, status_, help_)             \
    GroupOption{                                                                                                    \
        {key, kind::kind_::type, status::status_, help_, [] { return kind::allowed_words<kind::kind_>(allowed_); }, \
         [](GroupConfig& settings, std::string_view text) {                                                         \
             return kind::assign<kind::kind_>(settings.field, text, allowed_);                                      \
         },                                                                                                         \
         [](const GroupConfig& settings) { return kind::print<kind::kind_>(settings.field); }},                     \
        broker_key,                                                                                                 \
        []([[maybe_unused]] GroupConfig& settings, [[maybe_unused]] const Config& config) {                         \
            settings.field = kind::kind_::Value{inherited};                                                         \
        }                                                                                                           \
    },
constexpr auto group_rows = std::to_array<GroupOption>({
#include "config/group_options.def"
});
#undef GROUP_OPTION

}  // namespace

std::span<const GroupOption> group_options() {
    return group_rows;
}

const GroupOption* find_group_option(std::string_view key) {
    const auto* found = std::ranges::find(group_rows, key, &GroupOption::key);
    return found != group_rows.end() ? found : nullptr;
}

GroupConfig GroupConfig::effective(const Config& config, const ConfigEntries& overrides) {
    GroupConfig settings;
    for (const auto& row : group_rows) {
        row.inherit(settings, config);
    }
    for (const auto& [key, value] : overrides) {
        if (const auto* row = find_group_option(key)) {
            static_cast<void>(row->set(settings, value));
        }
    }
    return settings;
}

}  // namespace barnabas
