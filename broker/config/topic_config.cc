#include "config/topic_config.h"

#include <algorithm>
#include <array>

#include "config/checks.h"
#include "config/kind_text.h"
#include "config/option.h"

namespace barnabas {

namespace {

using namespace checks;

#define TOPIC_OPTION(kind_, field, key, default_value, allowed_, broker_key, inherited, status_, help_)             \
    TopicOption{                                                                                                    \
        {key, kind::kind_::type, status::status_, help_, [] { return kind::allowed_words<kind::kind_>(allowed_); }, \
         [](TopicConfig& settings, std::string_view text) {                                                         \
             return kind::assign<kind::kind_>(settings.field, text, allowed_);                                      \
         },                                                                                                         \
         [](const TopicConfig& settings) { return kind::print<kind::kind_>(settings.field); }},                     \
        broker_key,                                                                                                 \
        []([[maybe_unused]] TopicConfig& settings, [[maybe_unused]] const Config& config) {                         \
            settings.field = kind::kind_::Value{inherited};                                                         \
        }                                                                                                           \
    },
constexpr auto topic_rows = std::to_array<TopicOption>({
#include "config/topic_options.def"
});
#undef TOPIC_OPTION

}  // namespace

std::span<const TopicOption> topic_options() {
    return topic_rows;
}

const TopicOption* find_topic_option(std::string_view key) {
    const auto* found = std::ranges::find(topic_rows, key, &TopicOption::key);
    return found != topic_rows.end() ? found : nullptr;
}

TopicConfig TopicConfig::effective(const Config& config, const ConfigEntries& overrides) {
    TopicConfig settings;
    for (const auto& row : topic_rows) {
        row.inherit(settings, config);
    }
    for (const auto& [key, value] : overrides) {
        if (const auto* row = find_topic_option(key)) {
            static_cast<void>(row->set(settings, value));
        }
    }
    return settings;
}

}  // namespace barnabas
