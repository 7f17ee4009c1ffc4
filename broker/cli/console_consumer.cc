#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "cli/console_record.h"
#include "cli/session.h"
#include "cli/topic_filter.h"
#include "client/consumer.h"
#include "common/random.h"

namespace barnabas {

namespace console_consumer_command {

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    {.name = "topic", .takes = Takes::text, .argument = "NAME", .help = "The topic to read."},
    {.name = "include",
     .takes = Takes::text,
     .argument = "REGEX",
     .help = "Read all topics with such names.",
     .not_with = "topic"},
    {.name = "partition",
     .takes = Takes::number,
     .argument = "NUMBER",
     .help = "Read one partition of the topic, from its end unless --offset says otherwise."},
    {.name = "offset",
     .takes = Takes::text,
     .argument = "OFFSET",
     .help = "Begin at this offset, at 'earliest' or at 'latest' (default: latest).",
     .only_with = "partition"},
    {.name = "from-beginning", .help = "Begin with the first record where no offset is committed.", .not_with = "offset"
    },
    {.name = "group",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The consumer group to be a member of.",
     .not_with = "partition"},
    {.name = "max-messages", .takes = Takes::number, .argument = "COUNT", .help = "End after so many records."},
    {.name = "timeout-ms", .takes = Takes::number, .argument = "MS", .help = "End when no record comes for so long."},
    {.name = "isolation-level",
     .takes = Takes::text,
     .argument = "LEVEL",
     .help = "read_committed leaves out aborted transactions (default: read_uncommitted)."},
    {.name = "formatter",
     .takes = Takes::text,
     .argument = "CLASS",
     .help = "How to print records (default: org.apache.kafka.tools.consumer.DefaultMessageFormatter)."},
    {.name = "formatter-property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "print.timestamp, print.key, print.offset, print.epoch, print.partition, print.headers, print.value, "
             "key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, "
             "headers.deserializer.",
     .repeats = true},
    {.name = "property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "The old name of --formatter-property.",
     .repeats = true,
     .not_with = "formatter-property",
     .deprecated =
         "Option --property is deprecated and will be removed in a future version. Use --formatter-property instead."},
    {.name = "formatter-config", .takes = Takes::text, .argument = "FILE", .help = "Properties of the formatter."},
    {.name = "key-deserializer", .takes = Takes::text, .argument = "CLASS", .help = "What keys are."},
    {.name = "value-deserializer", .takes = Takes::text, .argument = "CLASS", .help = "What values are."},
    {.name = "command-config", .takes = Takes::text, .argument = "FILE", .help = "Properties of the consumer."},
    {.name = "consumer.config",
     .takes = Takes::text,
     .argument = "FILE",
     .help = "The old name of --command-config.",
     .not_with = "command-config",
     .deprecated =
         "Option --consumer.config is deprecated and will be removed in a future version. Use --command-config instead."
    },
    {.name = "command-property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "A property of the consumer.",
     .repeats = true},
    {.name = "consumer-property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "The old name of --command-property.",
     .repeats = true,
     .not_with = "command-property",
     .deprecated = "Option --consumer-property is deprecated and will be removed in a future version. Use "
                   "--command-property instead."},
    {.name = "skip-message-on-error", .help = "Go on after a record that cannot be printed."},
    {.name = "enable-systest-events", .help = "Print when the consumer has ended."},
};

using Checked = std::expected<void, std::string>;

std::expected<ClientProperties, std::string> read_properties(
    const Arguments& arguments, std::initializer_list<std::string_view> files,
    std::initializer_list<std::string_view> pairs
) {
    ClientProperties properties;
    for (const std::string_view flag : files) {
        if (const auto path = arguments.value(flag)) {
            if (auto loaded = properties.load(*path); !loaded) {
                return std::unexpected(loaded.error());
            }
        }
    }
    for (const std::string_view flag : pairs) {
        for (const std::string& pair : arguments.values(flag)) {
            if (auto added = properties.add(pair); !added) {
                return std::unexpected(added.error());
            }
        }
    }
    return properties;
}

Checked read_reset(Consumer::Options& options, ClientProperties& properties, bool from_beginning) {
    const std::string reset = properties.text("auto.offset.reset", from_beginning ? "earliest" : "latest");
    if (from_beginning && reset != "earliest") {
        return std::unexpected(fmt::format(
            "Can't simultaneously specify --from-beginning and 'auto.offset.reset={}', please remove one option", reset
        ));
    }
    if (reset != "earliest" && reset != "latest" && reset != "none") {
        return std::unexpected(fmt::format("auto.offset.reset must be earliest, latest or none, not '{}'", reset));
    }
    options.reset = reset == "earliest" ? Consumer::Reset::earliest
                    : reset == "latest" ? Consumer::Reset::latest
                                        : Consumer::Reset::none;
    return {};
}

/// The group's settings. Nothing where one partition is read by its number.
Checked read_group(Consumer::Options& options, ClientProperties& properties, const Arguments& arguments) {
    std::string group = properties.text("group.id", "");
    const std::string named = arguments.value("group").value_or(group);
    if (!group.empty() && group != named) {
        return std::unexpected(fmt::format(
            "The group ids provided in different places (directly using '--group', via '--command-property', or via "
            "'--command-config') do not match. Detected group ids: '{}', '{}'",
            named, group
        ));
    }
    if (!named.empty() && arguments.has("partition")) {
        return std::unexpected("Options group and partition cannot be specified together.");
    }
    group = named.empty() ? fmt::format("console-consumer-{}", Random::from_device().below(100'000)) : named;
    options.auto_commit = properties.boolean("enable.auto.commit", !named.empty());
    if (properties.text("group.protocol", "classic") != "classic") {
        return std::unexpected("group.protocol: this program's consumer has the classic protocol only");
    }
    GroupMembership::Options membership;
    membership.group = group;
    membership.instance_id = properties.find("group.instance.id");
    membership.session_timeout = properties.milliseconds("session.timeout.ms", membership.session_timeout);
    membership.rebalance_timeout = properties.milliseconds("max.poll.interval.ms", membership.rebalance_timeout);
    membership.heartbeat_interval = properties.milliseconds("heartbeat.interval.ms", membership.heartbeat_interval);
    if (!arguments.has("partition")) {
        options.group = std::move(membership);
    }
    return {};
}

std::expected<Consumer::Options, std::string> consumer_options(
    ClientProperties& properties, const Arguments& arguments
) {
    Consumer::Options options;
    if (auto read = read_reset(options, properties, arguments.has("from-beginning")); !read) {
        return std::unexpected(read.error());
    }
    if (auto read = read_group(options, properties, arguments); !read) {
        return std::unexpected(read.error());
    }
    const std::string level = properties.text("isolation.level", "read_uncommitted");
    const std::string isolation = arguments.value("isolation-level").value_or(level);
    if (isolation != "read_committed" && isolation != "read_uncommitted") {
        return std::unexpected(
            fmt::format("the isolation level must be read_committed or read_uncommitted, not '{}'", isolation)
        );
    }
    options.read_committed = isolation == "read_committed";
    const auto bytes = [&](std::string_view key, std::int32_t otherwise) {
        return static_cast<std::int32_t>(properties.number(key, otherwise, 0, INT32_MAX));
    };
    options.create_topics = properties.boolean("allow.auto.create.topics", true);
    options.auto_commit_interval = properties.milliseconds("auto.commit.interval.ms", options.auto_commit_interval);
    options.metadata_max_age = properties.milliseconds("metadata.max.age.ms", options.metadata_max_age);
    options.fetch_max_wait = properties.milliseconds("fetch.max.wait.ms", options.fetch_max_wait);
    options.fetch_min_bytes = bytes("fetch.min.bytes", options.fetch_min_bytes);
    options.fetch_max_bytes = bytes("fetch.max.bytes", options.fetch_max_bytes);
    options.max_partition_fetch_bytes = bytes("max.partition.fetch.bytes", options.max_partition_fetch_bytes);
    return options;
}

std::expected<std::unique_ptr<RecordFormatter>, std::string> read_formatter(const Arguments& arguments) {
    auto properties = read_properties(arguments, {"formatter-config"}, {"property", "formatter-property"});
    if (!properties) {
        return std::unexpected(properties.error());
    }
    for (const std::string_view part : {"key", "value"}) {
        if (const auto type = arguments.value(fmt::format("{}-deserializer", part)); type && !type->empty()) {
            const std::string key = fmt::format("{}.deserializer", part);
            if (!properties->has(key)) {
                properties->set(key, *type);
            }
        }
    }
    return make_formatter(
        arguments.value("formatter").value_or("org.apache.kafka.tools.consumer.DefaultMessageFormatter"),
        properties->values()
    );
}

/// "earliest", "latest" or a number, as Kafka's special numbers.
std::optional<std::int64_t> parse_offset(std::string text) {
    std::ranges::transform(text, text.begin(), [](char each) { return static_cast<char>(std::tolower(each)); });
    const auto number = parse_number(text);
    return text == "latest"         ? std::optional<std::int64_t>(-1)
           : text == "earliest"     ? std::optional<std::int64_t>(-2)
           : number && *number >= 0 ? number
                                    : std::nullopt;
}

Checked choose_partitions(Consumer& consumer, const Arguments& arguments) {
    if (const auto number = arguments.number("partition")) {
        const TopicPartition partition{*arguments.value("topic"), {static_cast<std::int32_t>(*number)}};
        const std::string text =
            arguments.value("offset").value_or(arguments.has("from-beginning") ? "earliest" : "latest");
        const auto offset = parse_offset(text);
        if (!offset) {
            return std::unexpected(fmt::format(
                "The provided offset value '{}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative "
                "long.",
                text
            ));
        }
        consumer.assign({partition});
        consumer.seek(partition, *offset);
    } else if (const auto topic = arguments.value("topic")) {
        consumer.subscribe({*topic});
    } else {
        auto filter = TopicFilter::parse(*arguments.value("include"));
        if (!filter) {
            return std::unexpected(filter.error());
        }
        consumer.subscribe_matching([filter = *std::move(filter)](std::string_view name) {
            return filter.matches(name);
        });
    }
    return {};
}

/// What goes on from one poll to the next.
struct Reading {
    ToolSession& session;
    Consumer& consumer;
    const RecordFormatter& formatter;
    std::int64_t most;  ///< -1 without a limit
    bool skip_errors;
    std::int64_t count = 0;
    int signal = 0;
};

/// Prints; false when it is time to end.
bool print_records(Reading& reading, const FetchedRecords& fetched) {
    std::string text;
    for (const FetchedRecord& each : fetched.records) {
        if (reading.count == reading.most) {
            // What was not printed is not committed as read.
            reading.consumer.seek(fetched.partition, each.record.offset.value);
            break;
        }
        ++reading.count;
        if (auto appended = reading.formatter.append(text, fetched.partition, each); !appended) {
            fmt::print(
                stderr, "Error processing message, {}: {}\n", reading.skip_errors ? "skipping it" : "terminating",
                appended.error()
            );
            if (!reading.skip_errors) {
                return false;
            }
        }
    }
    print(text);
    if (std::fflush(stdout) != 0) {
        fmt::print(stderr, "Unable to write to standard out, closing consumer.\n");
        return false;
    }
    return reading.count != reading.most;
}

/// Reads until the limit, the time-out or a signal. Answers the exit code.
int read_all(Reading& reading, std::chrono::milliseconds patience) {
    while (reading.most != 0 && reading.signal == 0) {
        const Instant deadline = patience.count() < 0 ? Instant::max() : system_clock().now() + patience;
        std::optional<Expected<FetchedRecords>> fetched;
        while (!fetched && reading.signal == 0) {
            // A signal is looked at now and then, whatever the time-out is.
            const Instant soon = system_clock().now() + std::chrono::milliseconds(200);
            auto polled = reading.session.wait(reading.consumer.poll(std::min(deadline, soon)));
            if (!polled || !polled->records.empty() || system_clock().now() >= deadline) {
                fetched = std::move(polled);
            }
        }
        if (!fetched) {
            break;
        }
        if (!*fetched) {
            complain(
                fmt::format("Error processing message, terminating consumer process: {}", words_of(fetched->error()))
            );
            return 0;
        }
        if ((*fetched)->records.empty()) {
            complain("Error processing message, terminating consumer process: no message came within --timeout-ms");
            return 0;
        }
        if (!print_records(reading, **fetched)) {
            break;
        }
    }
    return reading.signal == 0 ? 0 : 128 + reading.signal;
}

std::string fault(const Arguments& arguments) {
    if (arguments.has("topic") == arguments.has("include")) {
        return "Exactly one of --include/--topic is required.";
    }
    if (arguments.has("partition") && !arguments.has("topic")) {
        return "The topic is required when partition is specified.";
    }
    return {};
}

int run(const Arguments& arguments) {
    if (const std::string words = fault(arguments); !words.empty()) {
        return complain(words);
    }
    auto properties =
        read_properties(arguments, {"consumer.config", "command-config"}, {"consumer-property", "command-property"});
    if (!properties) {
        return complain(properties.error());
    }
    const auto formatter = read_formatter(arguments);
    if (!formatter) {
        return complain(formatter.error());
    }
    if (!properties->has("client.id")) {
        properties->set("client.id", "console-consumer");
    }
    const auto options = consumer_options(*properties, arguments);
    if (!options) {
        return complain(options.error());
    }
    const auto session = ToolSession::open(*arguments.value("bootstrap-server"), false, *properties);
    if (!session) {
        return complain(session.error());
    }
    properties->warn_of_unread();
    Consumer consumer((*session)->context().get_executor(), (*session)->cluster(), *options);
    if (auto chosen = choose_partitions(consumer, arguments); !chosen) {
        return complain(chosen.error());
    }
    Reading reading{
        **session, consumer, **formatter, arguments.number("max-messages").value_or(-1),
        arguments.has("skip-message-on-error")
    };
    boost::asio::signal_set signals((*session)->context(), SIGINT, SIGTERM);
    signals.async_wait([&reading](const boost::system::error_code& error, int signal) {
        reading.signal = error ? 0 : signal;
    });
    const int exit_code = read_all(reading, std::chrono::milliseconds(arguments.number("timeout-ms").value_or(-1)));
    (*session)->finish(consumer.close());
    fmt::print(stderr, "Processed a total of {} messages\n", reading.count);
    if (arguments.has("enable-systest-events")) {
        print("shutdown_complete\n");
    }
    return exit_code;
}

}  // namespace console_consumer_command

const Tool console_consumer_tool{
    {.tool = "console-consumer",
     .purpose = "Read records from topics and print them.",
     .flags = console_consumer_command::flags},
    console_consumer_command::run
};

}  // namespace barnabas
