#include "config/alter.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "config/known_key.h"
#include "config/value_text.h"

namespace barnabas {

namespace {

enum Operation : std::int8_t { set = 0, remove = 1, append = 2, subtract = 3 };

Expected<void> check_shape(std::span<const ConfigChange> changes) {
    std::set<std::string_view> keys;
    std::vector<std::string_view> without_value;
    for (const auto& change : changes) {
        if (!keys.insert(change.key).second) {
            return fail(ErrorCode::invalid_request, fmt::format("the setting {} stands twice", change.key));
        }
        if (change.operation != remove && !change.value) {
            without_value.emplace_back(change.key);
        }
    }
    if (!without_value.empty()) {
        return fail(ErrorCode::invalid_request, fmt::format("null is no value for {}", fmt::join(without_value, ", ")));
    }
    return {};
}

struct Shape {
    bool list = false;
    std::string default_text;
};

template <class Settings>
Shape shape_of(const SettingRow<Settings>* row) {
    return row == nullptr ? Shape() : Shape{row->type == ConfigType::list, row->text(Settings()).value_or("")};
}

Shape shape_of(ConfigResource resource, std::string_view key) {
    switch (resource) {
        case ConfigResource::topic:
            return shape_of<TopicConfig>(find_topic_option(key));
        case ConfigResource::group:
            return shape_of<GroupConfig>(find_group_option(key));
        case ConfigResource::broker:
            return shape_of<Config>(find_option(key));
    }
    return {};
}

std::string without_or_with(std::string_view list, const ConfigChange& change) {
    auto items = value_text::split_list(list);
    for (const auto& item : value_text::split_list(*change.value)) {
        const auto found = std::ranges::find(items, item);
        if (change.operation == append && found == items.end()) {
            items.push_back(item);
        } else if (change.operation == subtract && found != items.end()) {
            items.erase(found);
        }
    }
    return value_text::join(items);
}

}  // namespace

Expected<ConfigEntries> changed_entries(
    ConfigResource resource, const ConfigEntries& current, std::span<const ConfigChange> changes
) {
    if (auto shape = check_shape(changes); !shape) {
        return std::unexpected(std::move(shape).error());
    }
    ConfigEntries entries = current;
    for (const auto& change : changes) {
        const auto found = entries.find(change.key);
        if (change.operation == set) {
            entries.insert_or_assign(change.key, *change.value);
        } else if (change.operation == remove) {
            entries.erase(change.key);
        } else if (change.operation == append || change.operation == subtract) {
            const auto shape = shape_of(resource, change.key);
            if (!shape.list) {
                return fail(
                    ErrorCode::invalid_config,
                    fmt::format("{} is no list; nothing can be appended to it or subtracted from it", change.key)
                );
            }
            const auto before = found != entries.end() ? found->second : shape.default_text;
            entries.insert_or_assign(change.key, without_or_with(before, change));
        } else {
            return fail(
                ErrorCode::unknown_server_error, fmt::format("{} is no operation on a setting", change.operation)
            );
        }
    }
    return entries;
}

Expected<ConfigEntries> replaced_entries(std::span<const ConfigChange> entries) {
    std::vector<ConfigChange> sets(entries.begin(), entries.end());
    std::ranges::for_each(sets, [](ConfigChange& each) { each.operation = set; });
    return changed_entries(ConfigResource::topic, {}, sets);
}

}  // namespace barnabas
