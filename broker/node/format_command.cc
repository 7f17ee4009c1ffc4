#include "node/format_command.h"

#include <fmt/format.h>

#include "cli/tool.h"
#include "io/host_names.h"
#include "node/format_wish.h"
#include "node/settings_file.h"

namespace barnabas {

namespace {

/// A record as Java prints it, but for the keys of users.
std::string java_text(const MetadataRecord& record) {
    if (const auto* level = std::get_if<FeatureLevelRecord>(&record.message)) {
        return fmt::format("FeatureLevelRecord(name='{}', featureLevel={})", level->name, level->feature_level);
    }
    const auto& user = std::get<UserScramCredentialRecord>(record.message);
    return fmt::format(
        "UserScramCredentialRecord(name='{}', mechanism={}, salt=(hidden), storedKey=(hidden), serverKey=(hidden), "
        "iterations={})",
        user.name, user.mechanism, user.iterations
    );
}

std::string bootstrap_text(const MetadataRecords& records, FeatureLevel metadata_version) {
    std::vector<std::string> texts;
    for (const MetadataRecord& record : records) {
        texts.push_back(fmt::format("ApiMessageAndVersion({} at version {})", java_text(record), record.version));
    }
    return fmt::format(
        "Bootstrap metadata: BootstrapMetadata(records=[{}], metadataVersionLevel={}, source=format command)\n",
        fmt::join(texts, ", "), metadata_version
    );
}

std::string claimed_text(const NodeDirectories& taken, const Config& config, FeatureLevel metadata_version) {
    std::string text;
    for (const std::string& directory : taken.claimed) {
        const bool is_metadata = directory == config.metadata_dir();
        const bool is_static = !config.controller_quorum_voters.empty();
        text += fmt::format(
            "Formatting {} directory {} with metadata.version {}.\n",
            !is_metadata ? "data"
            : is_static  ? "metadata"
                         : "dynamic metadata voter",
            directory, metadata_version_name(metadata_version)
        );
    }
    return text;
}

}  // namespace

int run_format(const Arguments& arguments, Unsaid unsaid) {
    const auto settings = settings_in_file(*arguments.value("config"));
    if (!settings) {
        return complain(settings.error());
    }
    const Config& config = settings->config;
    auto listeners = read_listeners(config);
    if (!listeners) {
        return complain(listeners.error());
    }
    name_hosts(*listeners, machine_name());
    const auto flags = read_format_flags(arguments, config, *listeners, unsaid);
    if (!flags) {
        return complain(flags.error());
    }
    Random random = Random::from_device();
    const Timestamp now = system_clock().timestamp();
    const auto taken = take_directories(posix_file_system(), config, *listeners, random, now, flags->wish);
    if (!taken) {
        return complain(taken.error().detail);
    }
    if (taken->claimed.empty()) {
        print("All of the log directories are already formatted.\n");
        return 0;
    }
    const FeatureLevel metadata_version = flags->levels.at(std::string(metadata_version_feature));
    print(bootstrap_text(*flags->wish.records, metadata_version));
    print(claimed_text(*taken, config, metadata_version));
    return 0;
}

}  // namespace barnabas
