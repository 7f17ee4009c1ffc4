#include "log/meta_properties.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <map>

#include "config/properties.h"

namespace barnabas {

namespace {

std::unexpected<std::string> unusable(std::string why) {
    return std::unexpected(std::move(why));
}

}  // namespace

std::expected<MetaProperties, std::string> parse_meta_properties(std::string_view text) {
    const auto properties = parse_properties(text);
    if (!properties) {
        return unusable(properties.error());
    }
    std::map<std::string_view, std::string_view> found;
    for (const auto& [key, value, line] : *properties) {
        found[key] = value;
    }
    if (!found.contains("version") || found["version"] == "0") {
        return unusable("it is of version 0, of a cluster with ZooKeeper, which Kafka 3.9 is the last to migrate");
    }
    if (found["version"] != "1") {
        return unusable(fmt::format("version {} is not known, only 1", found["version"]));
    }
    MetaProperties meta;
    const std::string_view node = found["node.id"];
    const auto [end, error] = std::from_chars(node.data(), node.data() + node.size(), meta.node_id.value);
    if (error != std::errc() || end != node.data() + node.size() || meta.node_id.value < 0) {
        return unusable("node.id is missing or no number");
    }
    meta.cluster_id = found["cluster.id"];
    if (meta.cluster_id.empty()) {
        return unusable("cluster.id is missing");
    }
    if (found.contains("directory.id")) {
        const auto id = Uuid::parse(found["directory.id"]);
        if (!id) {
            return unusable(fmt::format("directory.id '{}' is no UUID", found["directory.id"]));
        }
        meta.directory_id = *id;
    }
    return meta;
}

std::string meta_properties_text(const MetaProperties& properties, Timestamp now) {
    std::vector<Property> rows{
        {.key = "node.id", .value = std::to_string(properties.node_id.value)},
        {.key = "version", .value = "1"},
        {.key = "cluster.id", .value = properties.cluster_id},
    };
    if (!properties.directory_id.is_zero()) {
        rows.insert(rows.begin() + 1, {.key = "directory.id", .value = properties.directory_id.text()});
    }
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    return fmt::format("#\n#{:%a %b %d %H:%M:%S UTC %Y}\n{}", fmt::gmtime(seconds), write_properties(rows));
}

}  // namespace barnabas
