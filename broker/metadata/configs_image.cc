#include "metadata/configs_image.h"

namespace barnabas {

const ConfigEntries& ConfigsImage::entries(const ConfigTarget& resource) const {
    static const ConfigEntries none;
    const auto* found = resources_.find(resource);
    return found ? **found : none;
}

std::optional<std::string_view> ConfigsImage::value(const ConfigTarget& resource, std::string_view key) const {
    const ConfigEntries& all = entries(resource);
    const auto found = all.find(key);
    return found == all.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

void ConfigsImage::apply(const ConfigRecord& record) {
    const ConfigTarget resource{static_cast<ConfigResourceType>(record.resource_type), record.resource_name};
    ConfigEntries changed = entries(resource);
    if (record.value) {
        changed.insert_or_assign(record.name, *record.value);
    } else {
        changed.erase(record.name);
    }
    resources_ = changed.empty() ? resources_.without(resource)
                                 : resources_.with(resource, std::make_shared<const ConfigEntries>(std::move(changed)));
}

void ConfigsImage::append_records(MetadataRecords& out) const {
    for (const auto& [resource, set] : resources_) {
        for (const auto& [key, value] : *set) {
            ConfigRecord record;
            record.resource_type = static_cast<std::int8_t>(resource.type);
            record.resource_name = resource.name;
            record.name = key;
            record.value = value;
            out.push_back({std::move(record), 0});
        }
    }
}

}  // namespace barnabas
