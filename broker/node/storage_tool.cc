#include "node/storage_tool.h"

#include <array>

#include "cli/feature_tables.h"
#include "common/random.h"
#include "config/node_settings.h"
#include "node/format_command.h"
#include "node/storage_info.h"

namespace barnabas {

namespace storage_command {

constexpr auto flags = std::to_array<Flag>({
    {.name = "config",
     .takes = Takes::text,
     .argument = "FILE",
     .help = "The node's settings, as Apache Kafka's server.properties.",
     .required = true,
     .only_with = "info format",
     .letter = "c"},
    {.name = "cluster-id",
     .takes = Takes::text,
     .argument = "ID",
     .help = "The cluster's id; `random-uuid` makes one.",
     .required = true,
     .only_with = "format",
     .letter = "t"},
    {.name = "add-scram",
     .takes = Takes::text,
     .argument = "TEXT",
     .help =
         "A user of the new cluster, as 'SCRAM-SHA-512=[name=alice,password=secret]', perhaps with iterations, salt "
         "(in base64) and, in place of the password, saltedpassword. May stand several times.",
     .repeats = true,
     .only_with = "format",
     .letter = "S"},
    {.name = "ignore-formatted",
     .help = "Leave directories alone that are formatted already, and format the others.",
     .only_with = "format",
     .letter = "g"},
    {.name = "release-version",
     .takes = Takes::text,
     .argument = "VERSION",
     .help = "The release that the cluster's features begin with, from 3.3-IV3 on; the newest, 4.3-IV0, without it.",
     .only_with = "format version-mapping",
     .letter = "r"},
    {.name = "feature",
     .takes = Takes::text,
     .argument = "NAME=LEVEL",
     .help = "A feature and its level. May stand several times.",
     .repeats = true,
     .only_with = "format feature-dependencies",
     .letter = "f"},
    {.name = "standalone",
     .help = "Make this controller a quorum of its own. controller.quorum.voters must not be set.",
     .only_with = "format",
     .not_with = "no-initial-controllers initial-controllers",
     .letter = "s"},
    {.name = "no-initial-controllers",
     .help = "Say nothing of the quorum: controller.quorum.voters does. A controller that joins others later is not "
             "supported yet.",
     .only_with = "format",
     .not_with = "initial-controllers",
     .letter = "N"},
    {.name = "initial-controllers",
     .takes = Takes::text,
     .argument = "ID@HOST:PORT:DIRECTORY",
     .help = "Make this controller a quorum of its own, with this id of its metadata directory. Several controllers, "
             "separated by commas, are not supported yet.",
     .only_with = "format",
     .letter = "I"},
});

/// The same flags, all of which go with formatting.
constexpr auto format_flags = [] {
    auto all = flags;
    for (Flag& flag : all) {
        flag.required = flag.name == "config";
        flag.only_with = {};
        if (flag.name == "cluster-id") {
            flag.help = "The cluster's id; a random one without it.";
        }
    }
    return all;
}();

/// Like Apache's, it does not begin as a flag does.
int print_uuid() {
    Random random = Random::from_device();
    Uuid id = random.uuid();
    while (id.reserved() || id.text().starts_with('-')) {
        id = random.uuid();
    }
    print(id.text() + '\n');
    return 0;
}

int run(const Arguments& arguments) {
    if (arguments.is("random-uuid")) {
        return print_uuid();
    }
    if (arguments.is("version-mapping")) {
        return map_version(arguments);
    }
    if (arguments.is("feature-dependencies")) {
        return tell_dependencies(arguments);
    }
    return arguments.is("info") ? run_storage_info(arguments) : run_format(arguments, Unsaid::refused);
}

int run_format_alone(const Arguments& arguments) {
    return run_format(arguments, Unsaid::found);
}

}  // namespace storage_command

const Tool storage_tool{
    {.tool = "storage",
     .purpose = "Format this node's data directories, and tell what is in them.",
     .flags = storage_command::flags,
     .actions = "info format version-mapping feature-dependencies random-uuid",
     .action_words = true},
    storage_command::run,
    false
};

const Tool format_tool{
    {.tool = "format",
     .purpose = "Prepare data directories, as `storage format` does, with less to say.",
     .flags = storage_command::format_flags},
    storage_command::run_format_alone,
    false
};

}  // namespace barnabas
