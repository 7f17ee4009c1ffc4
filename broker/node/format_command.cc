#include "node/format_command.h"

#include <fmt/format.h>

#include "config/node_settings.h"
#include "config/properties.h"
#include "io/host_names.h"
#include "io/whole_file.h"
#include "log/node_identity.h"
#include "node/node_directories.h"
#include "security/scram_argument.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

constexpr std::string_view format_usage = R"(usage: barnabas format --config FILE [OPTION]...

  --config, -c FILE         the settings, as Apache Kafka's server.properties
  --cluster-id, -t ID       the cluster's id; a random one without it
  --add-scram, -S TEXT      a user of the new cluster, as 'SCRAM-SHA-512=[name=alice,password=secret]', perhaps with
                            iterations, salt (in base64) and, in place of the password, saltedpassword; may be repeated
  --ignore-formatted, -g    leave directories alone that are formatted already
)";

constexpr std::size_t format_salt_size = 26;
constexpr std::string_view scram_form =
    "write SCRAM-SHA-512=[name=USER,password=PASSWORD], perhaps with iterations=NUMBER";

int refuse_format(std::string_view what, int status = 1) {
    fmt::print(stderr, "{}\n", what);
    return status;
}

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

struct FormatLine {
    std::string config;
    FormatWish wish;
    bool ignore_formatted = false;
    bool help = false;
};

std::expected<FormatLine, std::string> parse_format_line(std::span<const char* const> args) {
    FormatLine line;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string_view word = args[i];
        const auto is = [&](std::string_view flag, std::string_view letter) { return word == flag || word == letter; };
        if (is("--help", "-h")) {
            line.help = true;
        } else if (is("--ignore-formatted", "-g")) {
            line.ignore_formatted = true;
        } else if (!is("--config", "-c") && !is("--cluster-id", "-t") && !is("--add-scram", "-S")) {
            return std::unexpected(fmt::format("{} is no flag of format", word));
        } else if (i + 1 == args.size()) {
            return std::unexpected(fmt::format("{} wants a value", word));
        } else if (is("--config", "-c")) {
            line.config = args[++i];
        } else if (is("--cluster-id", "-t")) {
            line.wish.cluster_id = args[++i];
            if (!Uuid::parse(*line.wish.cluster_id)) {
                return std::unexpected(fmt::format("{} is no id of a cluster: those are 22 letters", args[i]));
            }
        } else {
            const auto user = parse_scram_argument(args[++i], as_bytes(unforeseeable_text(format_salt_size)));
            if (!user) {
                return std::unexpected(fmt::format("--add-scram: {}; {}", user.error(), scram_form));
            }
            line.wish.records.push_back({record_of(*user), 0});
        }
    }
    return line;
}

std::expected<NodeSettings, std::string> settings_in(const std::string& path) {
    const auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes || !*bytes) {
        return std::unexpected(bytes ? fmt::format("there is no file {}", path) : bytes.error().text());
    }
    const auto properties = parse_properties(as_text(**bytes));
    if (!properties) {
        return std::unexpected(fmt::format("{}: {}", path, properties.error()));
    }
    auto settings = read_node_settings(*properties);
    if (!settings) {
        return std::unexpected(fmt::format("{}", fmt::join(settings.error(), "\n")));
    }
    return *std::move(settings);
}

}  // namespace

int run_format(std::span<const char* const> args) {
    auto line = parse_format_line(args);
    if (!line) {
        return refuse_format(fmt::format("{}\n\n{}", line.error(), format_usage), 2);
    }
    if (line->help) {
        fmt::print("{}", format_usage);
        return 0;
    }
    if (line->config.empty()) {
        return refuse_format(fmt::format("--config is missing\n\n{}", format_usage), 2);
    }
    const auto settings = settings_in(line->config);
    if (!settings) {
        return refuse_format(settings.error());
    }
    const Config& config = settings->config;
    if (!line->wish.records.empty() && !config.is_controller()) {
        return refuse_format(
            "--add-scram makes users in the metadata log, which a node without the role controller has not"
        );
    }
    auto listeners = read_listeners(config);
    if (!listeners) {
        return refuse_format(listeners.error());
    }
    name_hosts(*listeners, machine_name());
    Random random = Random::from_device();
    const Timestamp now = system_clock().timestamp();
    const auto taken = take_directories(posix_file_system(), config, *listeners, random, now, line->wish);
    if (!taken) {
        return refuse_format(taken.error().detail);
    }
    if (!taken->formatted_now && !line->ignore_formatted) {
        return refuse_format(fmt::format(
            "{} is already formatted, for cluster {}; --ignore-formatted leaves it alone without an error",
            config.metadata_dir(), taken->cluster_id
        ));
    }
    fmt::print(
        "{} {} for cluster {}.\n", taken->formatted_now ? "Formatted" : "Left alone", config.metadata_dir(),
        taken->cluster_id
    );
    return 0;
}

}  // namespace barnabas
