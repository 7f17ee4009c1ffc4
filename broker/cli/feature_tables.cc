#include "cli/feature_tables.h"

#include <fmt/format.h>

#include "cli/tool.h"
#include "config/new_cluster_features.h"

namespace barnabas {

namespace {

/// The order in which Apache tells features.
constexpr std::string_view feature_order[] = {
    "kraft.version", "transaction.version", "group.version", "eligible.leader.replicas.version",
    "share.version", "streams.version",
};

}  // namespace

int map_version(const Arguments& arguments) {
    const std::string name =
        arguments.value("release-version").value_or(std::string(metadata_version_name(latest_metadata_version)));
    const auto version = metadata_version_level(name);
    if (!version) {
        return complain(fmt::format(
            "Unknown release version '{}'. Supported versions are: {} to {}", name,
            metadata_version_name(oldest_metadata_version), metadata_version_name(latest_metadata_version)
        ));
    }
    print(fmt::format("metadata.version={} ({})\n", *version, name));
    for (const std::string_view feature : feature_order) {
        print(fmt::format("{}={}\n", feature, default_feature_level(feature, *version)));
    }
    return 0;
}

int tell_dependencies(const Arguments& arguments) {
    if (!arguments.has("feature")) {
        return complain("feature-dependencies needs --feature");
    }
    for (const std::string& text : arguments.values("feature")) {
        const auto parsed = parse_feature_level(text);
        if (!parsed) {
            return complain(parsed.error());
        }
        const auto& [name, level] = *parsed;
        const Feature* feature = find_feature(name);
        if (feature == nullptr) {
            return complain(fmt::format("Unknown feature: {}", name));
        }
        const bool itself = name == metadata_version_feature;
        const bool known = itself ? !metadata_version_name(level).empty()  // those count that are not stable yet
                                  : level >= feature->least && level <= feature->most;
        if (!known) {
            return complain(
                fmt::format("Unknown {} {}: levels {} to {} are known", name, level, feature->least, feature->most)
            );
        }
        const FeatureLevel needed = itself ? FeatureLevel{0} : required_metadata_version(name, level);
        const std::string suffix = itself ? fmt::format(" ({})", metadata_version_name(level)) : "";
        print(
            needed == 0 ? fmt::format("{}={}{} has no dependencies.\n", name, level, suffix)
                        : fmt::format(
                              "{}={} requires:\n    metadata.version={} ({})\n", name, level, needed,
                              metadata_version_name(needed)
                          )
        );
    }
    return 0;
}

}  // namespace barnabas
