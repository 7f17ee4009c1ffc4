#include "controller/feature_requests.h"

#include "common/check.h"
#include "config/features.h"

namespace barnabas {
namespace {

enum UpgradeType : std::int8_t { upgrade = 1, safe_downgrade = 2, unsafe_downgrade = 3 };

struct FeatureWish {
    std::string_view name;
    std::int16_t level;
    std::int8_t type;
};

Error refusal(const FeatureWish& wish, std::string_view why) {
    return {
        ErrorCode::invalid_update_version,
        fmt::format("Invalid update version {} for feature {}. {}", wish.level, wish.name, why)
    };
}

/// What of the cluster's nodes cannot do this level.
std::optional<std::string> find_node_without(const MetadataImage& image, const FeatureWish& wish) {
    const auto describe = [&](std::string_view role, NodeId id,
                              const SupportedFeatures& features) -> std::optional<std::string> {
        const auto found = features.find(wish.name);
        if (found == features.end()) {
            return fmt::format("{} {} does not support this feature.", role, id.value);
        }
        return found->second.contains(wish.level)
                   ? std::nullopt
                   : std::optional(fmt::format(
                         "{} {} only supports versions {}-{}", role, id.value, found->second.first, found->second.last
                     ));
    };
    for (const auto& [id, broker] : image.cluster.brokers()) {
        if (auto problem = describe("Broker", id, broker->features)) {
            return problem;
        }
    }
    for (const auto& [id, controller] : image.cluster.controllers()) {
        if (auto problem = describe("Controller", id, controller->features)) {
            return problem;
        }
    }
    return std::nullopt;
}

std::optional<std::string> not_supported_here(const Situation& situation, const FeatureWish& wish) {
    const std::int32_t self = situation.config.node().config.node_id;
    const Feature* known = find_feature(wish.name);
    if (!known) {
        return wish.level == 0 ? fmt::format("Feature {} not found.", wish.name)
                               : fmt::format("Local controller {} does not support this feature.", self);
    }
    if (wish.level < known->least || wish.level > known->most) {
        return fmt::format("Local controller {} only supports versions {}-{}", self, known->least, known->most);
    }
    return std::nullopt;
}

Error unsupported_downgrade(std::int16_t from, const FeatureWish& wish, std::string_view why) {
    return {
        ErrorCode::invalid_update_version,
        fmt::format("Unsupported metadata.version downgrade from {} to {}. {}", from, wish.level, why)
    };
}

/// The records of a level that are lost below it must not exist, and nobody looks for them yet.
std::optional<Error> check_metadata_downgrade(std::int16_t from, const FeatureWish& wish) {
    bool loses = false;
    for (std::int16_t level = from; level > wish.level; --level) {
        loses = loses || metadata_changed_at(level);
    }
    if (!loses) {
        return std::nullopt;
    }
    return wish.type == unsafe_downgrade
               ? unsupported_downgrade(from, wish, "Unsafe metadata downgrade is not supported in this version.")
               : unsupported_downgrade(
                     from, wish,
                     "Refusing to perform the requested downgrade because it might delete "
                     "metadata information."
                 );
}

std::optional<Error> check_direction(std::int16_t current, const FeatureWish& wish) {
    if (wish.level >= current) {
        const bool only_down = wish.type != upgrade && wish.level > current;
        return only_down ? std::optional(refusal(wish, "Can't downgrade to a newer version.")) : std::nullopt;
    }
    if (wish.type == upgrade) {
        return refusal(
            wish,
            "Can't downgrade the version of this feature without setting the upgrade type to either "
            "safe or unsafe downgrade."
        );
    }
    if (wish.name == feature::kraft_version) {
        return refusal(wish, "Can't downgrade the version of this feature.");
    }
    return wish.name == feature::metadata_version ? check_metadata_downgrade(current, wish) : std::nullopt;
}

std::optional<Error> check(
    const Draft& draft, const Situation& situation, const FeatureWish& wish, std::int16_t current
) {
    if (wish.type < upgrade || wish.type > unsafe_downgrade) {
        return refusal(wish, "The controller does not support the given upgrade type.");
    }
    if (wish.level < 0) {
        return refusal(wish, "A feature version cannot be less than 0.");
    }
    if (auto problem = not_supported_here(situation, wish)) {
        return refusal(wish, *problem);
    }
    if (auto problem = check_direction(current, wish)) {
        return problem;
    }
    if (auto problem = wish.level != 0 ? find_node_without(draft.image(), wish) : std::nullopt) {
        return refusal(wish, *problem);
    }
    const FeatureLevel needed = required_metadata_version(wish.name, wish.level);
    if (draft.metadata_version() < needed) {
        return refusal(
            wish, fmt::format(
                      "{} could not be set to {} because it depends on metadata.version level {}", wish.name,
                      wish.level, needed
                  )
        );
    }
    if (wish.name == feature::kraft_version && wish.level != current) {
        return refusal(wish, "Changing the quorum's version of a running cluster is not supported yet.");
    }
    return std::nullopt;
}

void set_level(Draft& draft, std::string_view name, std::int16_t level) {
    FeatureLevelRecord record;
    record.name = name;
    record.feature_level = level;
    draft.append(std::move(record));
}

/// KIP-966 needs one min.insync.replicas that holds for all, whatever the brokers' files say.
void adopt_min_insync_replicas(Draft& draft, const Situation& situation) {
    constexpr std::string_view key = "min.insync.replicas";
    const auto append = [&](const ConfigTarget& target, std::optional<std::string> value) {
        ConfigRecord record;
        record.resource_type = static_cast<std::int8_t>(target.type);
        record.resource_name = target.name;
        record.name = key;
        record.value = std::move(value);
        draft.append(std::move(record));
    };
    const ConfigsImage configs = draft.image().configs;
    if (!configs.value(all_brokers_target(), key)) {
        append(all_brokers_target(), std::to_string(situation.config.node().config.min_insync_replicas));
    }
    for (const auto& [target, entries] : configs.resources()) {
        if (target.type == ConfigResourceType::broker && !target.name.empty() && entries->contains(key)) {
            append(target, std::nullopt);
        }
    }
}

void change_level(Draft& draft, const Situation& situation, const FeatureWish& wish) {
    if (wish.name == feature::kraft_version || draft.image().features.level(wish.name) == wish.level) {
        return;
    }
    set_level(draft, wish.name, wish.level);
    if (wish.name == feature::eligible_leader_replicas_version && wish.level > 0) {
        adopt_min_insync_replicas(draft, situation);
    }
}

}  // namespace

Decision<UpdateFeaturesResponse> update_features(
    const Situation& situation, const UpdateFeaturesRequest& request, std::int16_t version
) {
    UpdateFeaturesResponse reply;
    reply.error_message.reset();
    Draft draft(situation.image);
    for (const auto& each : request.feature_updates) {
        FeatureWish wish{each.feature, each.max_version_level, each.upgrade_type};
        if (version == 0) {
            wish.type = each.allow_downgrade ? unsafe_downgrade : upgrade;
        }
        const std::int16_t current =
            wish.name == feature::kraft_version ? situation.kraft_version : situation.image.features.level(wish.name);
        if (const auto error = check(draft, situation, wish, current)) {
            reply.error_code = error->code;
            reply.error_message = fmt::format(
                "The update failed for all features since the following feature had an error: {}", error->detail
            );
            reply.results.clear();
            return {{}, std::move(reply)};
        }
        change_level(draft, situation, wish);
        auto& result = reply.results.emplace_back();
        result.feature = wish.name;
        result.error_message = "NONE";
    }
    return {version >= 1 && request.validate_only ? MetadataRecords() : std::move(draft).take(), std::move(reply)};
}

MetadataRecords format_records(const FeatureLevels& levels) {
    MetadataRecords records;
    for (const auto& [name, level] : levels) {
        const bool leads = name == feature::metadata_version;
        if (name != feature::kraft_version && (leads || level > 0)) {
            FeatureLevelRecord record;
            record.name = name;
            record.feature_level = level;
            records.insert(leads ? records.begin() : records.end(), {std::move(record), 0});
        }
    }
    return records;
}

MetadataRecords format_records(MetadataVersion level) {
    const auto levels = new_cluster_features({}, {{std::string(feature::metadata_version), level}});
    CHECK(levels);
    return format_records(*levels);
}

MetadataRecords bootstrap_records(const Situation& situation, MetadataRecords formatted) {
    Draft draft(situation.image);
    for (MetadataRecord& record : formatted) {
        draft.append(std::move(record));
    }
    if (draft.image().features.has_eligible_leader_replicas()) {
        adopt_min_insync_replicas(draft, situation);
    }
    const bool has_transactions = draft.metadata_version() >= feature::v3_6_iv1;
    MetadataRecords records = std::move(draft).take();
    if (has_transactions) {
        BeginTransactionRecord begin;
        begin.name = "Bootstrap records";
        records.insert(records.begin(), {std::move(begin), 0});
        records.push_back({EndTransactionRecord{}, 0});
    }
    return records;
}

}  // namespace barnabas
