#include "node/format_wish.h"

#include <fmt/format.h>

#include "controller/feature_requests.h"
#include "security/scram_argument.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

constexpr std::size_t format_salt_size = 26;
constexpr std::string_view scram_form =
    "write SCRAM-SHA-512=[name=USER,password=PASSWORD], perhaps with iterations=NUMBER";
constexpr std::string_view quorum_flags = "--standalone, --initial-controllers, or --no-initial-controllers";

using Fault = std::unexpected<std::string>;
using Checked = std::expected<void, std::string>;

UserScramCredentialRecord record_of(const ScramArgument& argument) {
    UserScramCredentialRecord record;
    record.name = argument.user;
    record.mechanism = static_cast<std::int8_t>(argument.mechanism);
    record.salt = argument.credential.salt;
    record.stored_key = argument.credential.stored_key;
    record.server_key = argument.credential.server_key;
    record.iterations = argument.credential.iterations;
    return record;
}

std::expected<FeatureLevels, std::string> read_levels(const Arguments& arguments) {
    FeatureLevels chosen;
    for (const std::string& text : arguments.values("feature")) {
        const auto parsed = parse_feature_level(text);
        if (!parsed) {
            return Fault(parsed.error());
        }
        chosen.insert_or_assign(parsed->first, parsed->second);
    }
    return new_cluster_features(arguments.value("release-version"), chosen);
}

std::expected<MetadataRecords, std::string> read_users(const Arguments& arguments, MetadataVersion level) {
    MetadataRecords users;
    for (const std::string& text : arguments.values("add-scram")) {
        if (level < feature::v3_5_iv2) {
            return Fault("SCRAM is only supported in metadata.version 3.5-IV2 or later.");
        }
        const auto user = parse_scram_argument(text, as_bytes(unforeseeable_text(format_salt_size)));
        if (!user) {
            return Fault(fmt::format("--add-scram: {}; {}", user.error(), scram_form));
        }
        users.push_back({record_of(*user), 0});
    }
    return users;
}

bool names_quorum(const Arguments& arguments) {
    return arguments.has("standalone") || arguments.has("initial-controllers") ||
           arguments.has("no-initial-controllers");
}

/// Whether voters may change, which kraft.version 1 has, or are those of the settings.
Checked check_quorum_flags(
    const Arguments& arguments, const Config& config, const FeatureLevels& levels, Unsaid unsaid
) {
    const bool is_static = !config.controller_quorum_voters.empty();
    if (is_static && (arguments.has("standalone") || arguments.has("initial-controllers"))) {
        return Fault(
            "You cannot specify controller.quorum.voters and format the node with --initial-controllers or "
            "--standalone. Remove controller.quorum.voters and set controller.quorum.bootstrap.servers instead."
        );
    }
    if (!is_static && arguments.has("no-initial-controllers")) {
        return Fault(
            "--no-initial-controllers without controller.quorum.voters is for a controller that joins others later, "
            "which is not supported yet; --standalone makes a quorum of this one."
        );
    }
    if (!is_static && !names_quorum(arguments) && unsaid == Unsaid::refused) {
        return Fault(fmt::format(
            "Because controller.quorum.voters is not set on this controller, you must specify one of the following: "
            "{}.",
            quorum_flags
        ));
    }
    const auto kraft = levels.find(feature::kraft_version);
    if (kraft == levels.end() || kraft->second == (is_static ? 0 : 1)) {
        return {};
    }
    return Fault(fmt::format(
        "kraft.version cannot be {}: it is 0 with controller.quorum.voters, and 1 without it, by one of {}. Leave the "
        "--feature flag for kraft.version out.",
        kraft->second, quorum_flags
    ));
}

/// Reads "1@host:9093:4L6g3nShT-eMCtK--X86sw".
std::expected<Voter, std::string> read_voter(
    const std::string& text, const Config& config, const Listeners& listeners
) {
    const auto wrong = [&](std::string_view why) {
        return Fault(fmt::format("--initial-controllers: '{}' {}; write ID@HOST:PORT:DIRECTORY", text, why));
    };
    const std::size_t at = text.find('@'), colon = text.rfind(':');
    if (at == text.npos || colon == text.npos || colon < at) {
        return wrong("is no controller");
    }
    const auto node = parse_number(std::string_view(text).substr(0, at));
    const auto address = parse_host_and_port(std::string_view(text).substr(at + 1, colon - at - 1));
    const auto directory = Uuid::parse(std::string_view(text).substr(colon + 1));
    if (!node || !address || !directory || directory->reserved()) {
        return wrong(!node ? "has no node id" : !address ? "has no address" : "has no id of a directory");
    }
    if (*node != config.node_id) {
        return wrong(fmt::format(
            "is not this node (node.id {}), and a quorum of other controllers is not supported yet", config.node_id
        ));
    }
    return Voter{
        .key = {NodeId{config.node_id}, *directory},
        .endpoints = {{listeners.controller.front().name, address->first, address->second}}
    };
}

}  // namespace

std::expected<FormatFlags, std::string> read_format_flags(
    const Arguments& arguments, const Config& config, const Listeners& listeners, Unsaid unsaid
) {
    FormatFlags read;
    read.wish.ignore_formatted = arguments.has("ignore-formatted");
    read.wish.cluster_id = arguments.value("cluster-id");
    if (read.wish.cluster_id && !Uuid::parse(*read.wish.cluster_id)) {
        return Fault(fmt::format("{} is no id of a cluster: those are 22 letters", *read.wish.cluster_id));
    }
    auto levels = read_levels(arguments);
    if (!levels) {
        return Fault(levels.error());
    }
    read.levels = *std::move(levels);
    if (auto possible = check_quorum_flags(arguments, config, read.levels, unsaid); !possible) {
        return Fault(possible.error());
    }
    if (const auto controllers = arguments.value("initial-controllers")) {
        if (controllers->contains(',')) {
            return Fault("--initial-controllers: a quorum of several controllers is not supported yet");
        }
        auto voter = read_voter(*controllers, config, listeners);
        if (!voter) {
            return Fault(voter.error());
        }
        read.wish.voter = *std::move(voter);
    }
    read.wish.records = format_records(read.levels);
    const auto users = read_users(arguments, read.levels.at(std::string(feature::metadata_version)));
    if (!users) {
        return Fault(users.error());
    }
    read.wish.records->insert(read.wish.records->end(), users->begin(), users->end());
    return read;
}

}  // namespace barnabas
