#include "node/idle_warnings.h"

#include "common/events.h"
#include "config/idle_settings.h"

namespace barnabas {

namespace {

void warn(std::string_view kind, const ConfigTarget& target, const std::optional<std::string>& words) {
    if (words) {
        event::warn("settings without effect", {{kind, target.name.empty() ? "all" : target.name}, {"which", *words}});
    }
}

}  // namespace

void warn_of_idle_settings(const MetadataDelta& delta) {
    for (const ConfigTarget& target : delta.configs) {
        const ConfigEntries& entries = delta.after->configs.entries(target);
        if (target.type == ConfigResourceType::broker) {
            warn("broker", target, words_of_idle_settings(entries));
        } else if (target.type == ConfigResourceType::topic) {
            warn("topic", target, words_of_idle_topic_settings(entries));
        } else if (target.type == ConfigResourceType::group) {
            warn("group", target, words_of_idle_group_settings(entries));
        }
    }
}

}  // namespace barnabas
