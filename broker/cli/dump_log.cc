#include <fmt/format.h>

#include "cli/dump_decoders.h"
#include "cli/dump_indexes.h"
#include "cli/tool.h"
#include "raft/snapshot_name.h"

namespace barnabas {

namespace dump_log_command {

constexpr std::string_view string_decoder = "org.apache.kafka.tools.api.StringDecoder";

constexpr std::int64_t default_most_bytes = 5 << 20;

constexpr Flag flags[] = {
    {.name = "files",
     .takes = Takes::text,
     .argument = "FILE,...",
     .help = "The files: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint.",
     .required = true},
    {.name = "deep-iteration", .help = "Print a line for each record, not only for each batch."},
    {.name = "print-data-log", .help = "Print records with their keys and values."},
    {.name = "skip-record-metadata", .help = "Print records without their offsets and so on, and no control records."},
    {.name = "offsets-decoder",
     .help = "The log is one of __consumer_offsets.",
     .not_with = "transaction-log-decoder cluster-metadata-decoder share-group-state-decoder"},
    {.name = "transaction-log-decoder",
     .help = "The log is one of __transaction_state.",
     .not_with = "cluster-metadata-decoder share-group-state-decoder"},
    {.name = "cluster-metadata-decoder",
     .help = "The log is the metadata log, or one of its snapshots.",
     .not_with = "share-group-state-decoder"},
    {.name = "share-group-state-decoder", .help = "The log is one of __share_group_state."},
    {.name = "remote-log-metadata-decoder",
     .help = "The log is one of __remote_log_metadata.",
     .refused = "tiered storage is not supported yet"},
    {.name = "key-decoder-class",
     .takes = Takes::optional_text,
     .argument = "CLASS",
     .help = "What keys are: StringDecoder, IntegerDecoder or LongDecoder of org.apache.kafka.tools.api."},
    {.name = "value-decoder-class", .takes = Takes::optional_text, .argument = "CLASS", .help = "What values are."},
    {.name = "max-bytes", .takes = Takes::number, .argument = "BYTES", .help = "Read so much of a log (default: all)."},
    {.name = "max-message-size",
     .takes = Takes::number,
     .argument = "BYTES",
     .help = "The largest batch that an index may point at (default: 5242880)."},
    {.name = "index-sanity-check", .help = "Only say whether a broker would rebuild the index."},
    {.name = "verify-index-only", .help = "Hold the index against the log without printing it."},
};

using Done = std::expected<void, std::string>;

std::expected<DumpOptions, std::string> read_options(const Arguments& arguments) {
    DumpOptions options;
    options.max_bytes = arguments.number("max-bytes").value_or(INT32_MAX);
    options.metadata = !arguments.has("skip-record-metadata");
    constexpr std::string_view decoders[] = {
        "print-data-log",           "offsets-decoder",           "transaction-log-decoder",
        "cluster-metadata-decoder", "share-group-state-decoder", "key-decoder-class",
        "value-decoder-class"
    };
    options.contents = std::ranges::any_of(decoders, [&](std::string_view flag) { return arguments.has(flag); });
    options.records = options.contents || arguments.has("deep-iteration");
    if (arguments.has("offsets-decoder")) {
        options.decode = make_coordinator_decoder(CoordinatorLog::group);
    } else if (arguments.has("transaction-log-decoder")) {
        options.decode = make_coordinator_decoder(CoordinatorLog::transaction);
    } else if (arguments.has("share-group-state-decoder")) {
        options.decode = make_coordinator_decoder(CoordinatorLog::share);
    } else if (arguments.has("cluster-metadata-decoder")) {
        options.decode = make_metadata_decoder();
    } else {
        auto decoder = make_plain_decoder(
            arguments.value("key-decoder-class").value_or(std::string(string_decoder)),
            arguments.value("value-decoder-class").value_or(std::string(string_decoder))
        );
        if (!decoder) {
            return std::unexpected(decoder.error());
        }
        options.decode = *std::move(decoder);
    }
    return options;
}

/// What stands above the batches of a log or of a snapshot of the metadata.
std::expected<std::string, std::string> heading(std::string_view name) {
    if (name == bootstrap_checkpoint_file_name) {
        return "KRaft bootstrap snapshot\n";
    }
    if (name.ends_with(".checkpoint")) {
        const auto id = parse_snapshot_file_name(name);
        return id ? std::expected<std::string, std::string>(
                        fmt::format("Snapshot end offset: {}, epoch: {}\n", id->offset.value, id->epoch.value)
                    )
                  : std::unexpected(fmt::format("{} is not the name of a snapshot", name));
    }
    const auto base = parse_number(name.substr(0, name.find('.')));
    return base ? std::expected<std::string, std::string>(fmt::format("Log starting offset: {}\n", *base))
                : std::unexpected(fmt::format("{}: the name does not begin with a base offset", name));
}

Done dump(const std::string& path, const Arguments& arguments, const DumpOptions& options) {
    const std::string name = path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    const std::string suffix = dot == name.npos ? "" : name.substr(dot);
    const IndexCheck check = arguments.has("index-sanity-check")  ? IndexCheck::sanity
                             : arguments.has("verify-index-only") ? IndexCheck::verify
                                                                  : IndexCheck::print;
    if (suffix == ".log" || suffix == ".checkpoint") {
        const auto title = heading(name);
        if (!title) {
            return std::unexpected(title.error());
        }
        print(*title);
        const auto file = posix_file_system().open(path, OpenFor::read);
        return file ? dump_batches(**file, options) : std::unexpected(file.error().text());
    }
    if (suffix == ".index") {
        return dump_offset_index(path, check, arguments.number("max-message-size").value_or(default_most_bytes));
    }
    if (suffix == ".timeindex") {
        return dump_time_index(path, check);
    }
    if (suffix == ".txnindex") {
        return dump_transaction_index(path);
    }
    if (suffix == ".snapshot") {
        return dump_producer_snapshot(path);
    }
    complain(fmt::format("Ignoring unknown file {}", path));
    return {};
}

int run(const Arguments& arguments) {
    const auto options = read_options(arguments);
    if (!options) {
        return complain(options.error());
    }
    for (const std::string& path : split(*arguments.value("files"), ',')) {
        print(fmt::format("Dumping {}\n", path));
        if (auto done = dump(path, arguments, *options); !done) {
            return complain(done.error());
        }
    }
    return 0;
}

}  // namespace dump_log_command

const Tool dump_log_tool{
    {.tool = "dump-log", .purpose = "Print what the files of a log hold.", .flags = dump_log_command::flags},
    dump_log_command::run
};

}  // namespace barnabas
