#include <fmt/format.h>

#include "cli/feature_tables.h"
#include "cli/session.h"
#include "config/new_cluster_features.h"
#include "protocol/update_features.h"

namespace barnabas {

namespace features_command {

constexpr Flag flags[] = {
    bootstrap_server_flag,
    bootstrap_controller_flag,
    command_config_flag,
    {.name = "feature",
     .takes = Takes::text,
     .argument = "NAME=LEVEL",
     .help = "The feature and its level (with disable: the name alone). May stand several times.",
     .repeats = true,
     .only_with = "upgrade downgrade disable feature-dependencies"},
    {.name = "release-version",
     .takes = Takes::text,
     .argument = "VERSION",
     .help = "Take all features to what they are in this release, such as 4.3-IV0.",
     .only_with = "upgrade downgrade version-mapping",
     .not_with = "feature metadata"},
    {.name = "metadata",
     .takes = Takes::text,
     .argument = "VERSION",
     .help = "Deprecated: the level of metadata.version by its name.",
     .only_with = "upgrade downgrade",
     .deprecated = " `metadata` flag is deprecated and may be removed in a future release."},
    {.name = "unsafe", .help = "Go back even if metadata is lost by it.", .only_with = "downgrade disable"},
    {.name = "dry-run", .help = "Only check whether it can be done.", .only_with = "upgrade downgrade disable"},
};

enum class Direction : std::int8_t { upgrade = 1, safe_downgrade = 2, unsafe_downgrade = 3 };

std::string level_text(std::string_view feature, FeatureLevel level) {
    if (feature != metadata_version_feature) {
        return std::to_string(level);
    }
    const std::string_view name = metadata_version_name(level);
    return name.empty() ? fmt::format("UNKNOWN {}", level) : std::string(name);
}

/// The features of the cluster that the broker tells at the beginning of the connection.
std::string describe_text(const ApiVersionsResponse& peer) {
    std::map<std::string, std::string> lines;
    const std::string epoch = peer.finalized_features_epoch < 0 ? "-" : std::to_string(peer.finalized_features_epoch);
    for (const auto& feature : peer.supported_features) {
        const auto finalized =
            std::ranges::find(peer.finalized_features, feature.name, &ApiVersionsResponse::FinalizedFeatureKey::name);
        const FeatureLevel level =
            finalized == peer.finalized_features.end() ? FeatureLevel{0} : finalized->max_version_level;
        lines[feature.name] = fmt::format(
            "Feature: {:<40}  SupportedMinVersion: {:<15}  SupportedMaxVersion: {:<15}  FinalizedVersionLevel: {:<15}  "
            "Epoch: {}\n",
            feature.name, level_text(feature.name, feature.min_version), level_text(feature.name, feature.max_version),
            level_text(feature.name, level), epoch
        );
    }
    std::string text;
    for (const auto& [name, line] : lines) {
        text += line;
    }
    return text;
}

std::expected<FeatureLevel, std::string> parse_release(const std::string& version) {
    const auto level = metadata_version_level(version);
    if (!level) {
        return std::unexpected(fmt::format(
            "Unknown metadata.version {}. Supported metadata.version are {} to {}", version,
            metadata_version_name(oldest_metadata_version), metadata_version_name(latest_metadata_version)
        ));
    }
    return *level;
}

std::expected<FeatureLevels, std::string> wanted_levels(const Arguments& arguments, Direction direction) {
    FeatureLevels levels;
    if (const auto release = arguments.value("release-version")) {
        const auto version = parse_release(*release);
        if (!version) {
            return std::unexpected(version.error());
        }
        for (const Feature& feature : features()) {
            const bool itself = feature.name == metadata_version_feature;
            const FeatureLevel level = itself ? *version : default_feature_level(feature.name, *version);
            // An upgrade to 0 would be none.
            if (itself || direction != Direction::upgrade || level > 0) {
                levels[std::string(feature.name)] = level;
            }
        }
    }
    if (const auto name = arguments.value("metadata")) {
        const auto version = parse_release(*name);
        if (!version) {
            return std::unexpected(version.error());
        }
        levels[std::string(metadata_version_feature)] = *version;
    }
    for (const std::string& text : arguments.values("feature")) {
        const auto parsed = arguments.is("disable") ? std::pair(text, FeatureLevel{0}) : parse_feature_level(text);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        if (!levels.insert(*parsed).second) {
            return std::unexpected(fmt::format("Feature {} was specified more than once.", parsed->first));
        }
    }
    if (levels.empty()) {
        return std::unexpected(fmt::format("You must specify at least one feature to {}", arguments.action()));
    }
    return levels;
}

/// The line that tells how it went with one feature.
std::string outcome_line(
    const Arguments& arguments, const std::string& feature, FeatureLevel level, const std::optional<std::string>& error
) {
    const bool disables = arguments.is("disable"), dry = arguments.has("dry-run");
    const std::string& action = arguments.action();
    if (error) {
        const std::string what =
            disables ? fmt::format("disable {}", feature) : fmt::format("{} {} to {}", action, feature, level);
        return fmt::format("{} {}. {}\n", dry ? "Can not" : "Could not", what, *error);
    }
    return fmt::format(
        "{} {} {}\n", feature, dry ? "can be" : "was", disables ? "disabled." : fmt::format("{}d to {}.", action, level)
    );
}

int update(ToolSession& session, const Arguments& arguments) {
    const Direction direction = arguments.is("upgrade")   ? Direction::upgrade
                                : arguments.has("unsafe") ? Direction::unsafe_downgrade
                                                          : Direction::safe_downgrade;
    const auto levels = wanted_levels(arguments, direction);
    if (!levels) {
        return complain(levels.error());
    }
    UpdateFeaturesRequest request;
    request.validate_only = arguments.has("dry-run");
    for (const auto& [feature, level] : *levels) {
        request.feature_updates.push_back(
            {feature, level, direction != Direction::upgrade, static_cast<std::int8_t>(direction), {}}
        );
    }
    const auto reply = session.ask<UpdateFeaturesResponse>(request);
    if (!reply) {
        return complain(words_of(reply.error()));
    }
    const auto& response = reply->message;
    int failures = 0;
    for (const auto& [feature, level] : *levels) {
        std::optional<std::string> error;
        if (response.error_code != ErrorCode::none) {
            error = words_of(response.error_code, response.error_message);
        }
        for (const auto& result : response.results) {
            if (result.feature == feature && result.error_code != ErrorCode::none) {
                error = words_of(result.error_code, result.error_message);
            }
        }
        failures += error ? 1 : 0;
        print(outcome_line(arguments, feature, level, error));
    }
    return failures == 0 ? 0 : complain(fmt::format("{} out of {} operation(s) failed.", failures, levels->size()));
}

int run(const Arguments& arguments) {
    if (arguments.is("version-mapping")) {
        return map_version(arguments);
    }
    if (arguments.is("feature-dependencies")) {
        return tell_dependencies(arguments);
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    if (!arguments.is("describe")) {
        return update(**session, arguments);
    }
    const auto node = (*session)->wait((*session)->cluster().any());
    if (!node) {
        return complain(words_of(node.error()));
    }
    print(describe_text((*node)->peer()));
    return 0;
}

}  // namespace features_command

const Tool features_tool{
    {.tool = "features",
     .purpose = "Describe the cluster's features, and raise or lower their levels.",
     .flags = features_command::flags,
     .actions = "describe upgrade downgrade disable version-mapping feature-dependencies",
     .action_words = true},
    features_command::run,
    false
};

}  // namespace barnabas
