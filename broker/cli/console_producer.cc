#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "cli/line_reader.h"
#include "cli/session.h"
#include "cli/standard_input.h"
#include "client/producer.h"

namespace barnabas {

namespace console_producer_command {

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    {.name = "topic", .takes = Takes::text, .argument = "NAME", .help = "The topic to write to.", .required = true},
    {.name = "sync", .help = "Wait for each record before the next line is read."},
    {.name = "compression-codec",
     .takes = Takes::optional_text,
     .argument = "CODEC",
     .help = "none, gzip, snappy, lz4 or zstd; gzip when it has no value (default: none)."},
    {.name = "batch-size",
     .takes = Takes::number,
     .argument = "BYTES",
     .help = "How large a batch of one partition grows before it is sent (default: 16384)."},
    {.name = "max-partition-memory-bytes",
     .takes = Takes::number,
     .argument = "BYTES",
     .help = "The old name of --batch-size.",
     .deprecated = "Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use "
                   "--batch-size instead."},
    {.name = "timeout",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long a record waits for others to share its batch (default: 1000)."},
    {.name = "message-send-max-retries",
     .takes = Takes::number,
     .argument = "COUNT",
     .help = "How often a batch is sent again (default: 3)."},
    {.name = "retry-backoff-ms",
     .takes = Takes::number,
     .argument = "MS",
     .help = "The pause before a batch is sent again (default: 100)."},
    {.name = "request-required-acks",
     .takes = Takes::text,
     .argument = "ACKS",
     .help = "Who must have the records: all (-1), the leader (1), nobody (0) (default: -1)."},
    {.name = "request-timeout-ms",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long a request may take (default: 1500)."},
    {.name = "metadata-expiry-ms",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long is believed what brokers said of partitions and leaders (default: 300000)."},
    {.name = "max-block-ms",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long a record waits for metadata or for room in the buffer (default: 60000)."},
    {.name = "max-memory-bytes",
     .takes = Takes::number,
     .argument = "BYTES",
     .help = "Room for records that wait to be sent (default: 33554432)."},
    {.name = "socket-buffer-size",
     .takes = Takes::number,
     .argument = "BYTES",
     .help = "The socket's buffer for what is sent (default: 102400)."},
    {.name = "line-reader",
     .takes = Takes::text,
     .argument = "CLASS",
     .help = "org.apache.kafka.tools.LineMessageReader, which is built in, alone."},
    {.name = "reader-property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "parse.key, parse.headers, ignore.error, key.separator, headers.delimiter, headers.separator, "
             "headers.key.separator, null.marker. A line is headers<TAB>key<TAB>value.",
     .repeats = true},
    {.name = "property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "The old name of --reader-property.",
     .repeats = true,
     .not_with = "reader-property",
     .deprecated =
         "Warning: --property is deprecated and will be removed in a future version. Use --reader-property instead."},
    {.name = "reader-config", .takes = Takes::text, .argument = "FILE", .help = "Properties of the line reader."},
    {.name = "command-config", .takes = Takes::text, .argument = "FILE", .help = "Properties of the producer."},
    {.name = "producer.config",
     .takes = Takes::text,
     .argument = "FILE",
     .help = "The old name of --command-config.",
     .not_with = "command-config",
     .deprecated = "Warning: --producer.config is deprecated and will be removed in a future version. Use "
                   "--command-config instead."},
    {.name = "command-property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "A property of the producer.",
     .repeats = true},
    {.name = "producer-property",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "The old name of --command-property.",
     .repeats = true,
     .not_with = "command-property",
     .deprecated = "Warning: --producer-property is deprecated and will be removed in a future version. Use "
                   "--command-property instead."},
};

/// A flag that stands for a property, and its value without either.
struct Merged {
    std::string_view flag;
    std::string_view property;
    std::string_view otherwise;
};
constexpr Merged merged[] = {
    {"timeout", "linger.ms", "1000"},
    {"request-required-acks", "acks", "-1"},
    {"request-timeout-ms", "request.timeout.ms", "1500"},
    {"message-send-max-retries", "retries", "3"},
    {"retry-backoff-ms", "retry.backoff.ms", "100"},
    {"max-memory-bytes", "buffer.memory", "33554432"},
    {"batch-size", "batch.size", "16384"},
    {"max-partition-memory-bytes", "batch.size", "16384"},
    {"max-block-ms", "max.block.ms", "60000"},
    {"metadata-expiry-ms", "metadata.max.age.ms", "300000"},
    {"socket-buffer-size", "send.buffer.bytes", "102400"},
};

std::expected<ClientProperties, std::string> producer_properties(const Arguments& arguments) {
    ClientProperties properties;
    for (const std::string_view flag : {"producer.config", "command-config"}) {
        if (const auto path = arguments.value(flag)) {
            if (auto loaded = properties.load(*path); !loaded) {
                return std::unexpected(loaded.error());
            }
        }
    }
    for (const std::string_view flag : {"producer-property", "command-property"}) {
        for (const std::string& pair : arguments.values(flag)) {
            if (auto added = properties.add(pair); !added) {
                return std::unexpected(added.error());
            }
        }
    }
    for (const Merged& each : merged) {
        if (const auto value = arguments.value(each.flag)) {
            properties.set(std::string(each.property), *value);
        } else if (!properties.has(each.property)) {
            properties.set(std::string(each.property), std::string(each.otherwise));
        }
    }
    properties.set(
        "compression.type",
        arguments.has("compression-codec") ? arguments.value("compression-codec").value_or("gzip") : "none"
    );
    if (!properties.has("client.id")) {
        properties.set("client.id", "console-producer");
    }
    return properties;
}

std::expected<Compression, std::string> parse_compression(std::string_view name) {
    constexpr std::string_view names[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    const auto found = std::ranges::find(names, name);
    if (found == std::end(names)) {
        return std::unexpected(fmt::format("Unknown compression name: {}", name));
    }
    return static_cast<Compression>(found - std::begin(names));
}

std::expected<Producer::Options, std::string> producer_options(ClientProperties& properties) {
    Producer::Options options;
    const std::string acks = properties.text("acks", "all");
    if (acks != "all" && acks != "-1" && acks != "0" && acks != "1") {
        return std::unexpected(fmt::format("acks must be all, -1, 0 or 1, not '{}'", acks));
    }
    options.acks = acks == "0" ? std::int16_t{0} : acks == "1" ? std::int16_t{1} : std::int16_t{-1};
    const auto compression = parse_compression(properties.text("compression.type", "none"));
    if (!compression) {
        return std::unexpected(compression.error());
    }
    options.compression = *compression;
    const auto bytes = [&](std::string_view key, std::size_t otherwise) {
        return static_cast<std::size_t>(properties.number(key, static_cast<std::int64_t>(otherwise), 0, INT64_MAX));
    };
    options.retries = static_cast<int>(properties.number("retries", options.retries, 0, INT32_MAX));
    options.idempotent = properties.boolean("enable.idempotence", options.acks == -1 && options.retries > 0);
    if (options.idempotent && options.acks != -1) {
        return std::unexpected("enable.idempotence needs acks=all");
    }
    options.batch_size = bytes("batch.size", options.batch_size);
    options.most_buffered = bytes("buffer.memory", options.most_buffered);
    options.most_request_bytes = bytes("max.request.size", options.most_request_bytes);
    options.linger = properties.milliseconds("linger.ms", options.linger);
    options.request_timeout = properties.milliseconds("request.timeout.ms", options.request_timeout);
    options.delivery_timeout = properties.milliseconds("delivery.timeout.ms", options.delivery_timeout);
    options.retry_backoff = properties.milliseconds("retry.backoff.ms", options.retry_backoff);
    options.metadata_max_age = properties.milliseconds("metadata.max.age.ms", options.metadata_max_age);
    options.max_block = properties.milliseconds("max.block.ms", options.max_block);
    return options;
}

std::expected<LineReader, std::string> make_reader(const Arguments& arguments) {
    const std::string reader = arguments.value("line-reader").value_or("LineMessageReader");
    if (reader != "org.apache.kafka.tools.LineMessageReader" && reader != "LineMessageReader") {
        return std::unexpected(fmt::format("{}: Java classes cannot be loaded; LineMessageReader is built in", reader));
    }
    ClientProperties properties;
    if (const auto path = arguments.value("reader-config")) {
        if (auto loaded = properties.load(*path); !loaded) {
            return std::unexpected(loaded.error());
        }
    }
    for (const std::string_view flag : {"property", "reader-property"}) {
        for (const std::string& pair : arguments.values(flag)) {
            if (auto added = properties.add(pair); !added) {
                return std::unexpected(added.error());
            }
        }
    }
    return LineReader::make(properties.values());
}

struct Writing {
    Producer& producer;
    StandardInput& input;
    LineReader& reader;
    std::string topic;
    bool sync;
    bool prompts;
};

void report(const Expected<Delivery>& outcome) {
    if (!outcome) {
        fmt::print(stderr, "A record was not delivered: {}\n", words_of(outcome.error()));
    }
}

/// Sends one record. Without --sync a failure is told and the next line goes on.
Task<std::expected<void, std::string>> send(Writing& writing, Record record) {
    Expected<Delivery> outcome = Delivery{};
    auto told = writing.sync
                    ? Producer::Delivered([&outcome](Expected<Delivery> delivery) { outcome = std::move(delivery); })
                    : Producer::Delivered(report);
    auto sent = co_await writing.producer.send(
        writing.topic, std::nullopt, system_clock().timestamp(), std::move(record), std::move(told)
    );
    if (writing.sync && sent) {
        co_await writing.producer.flush();
        if (!outcome) {
            co_return std::unexpected(words_of(outcome.error()));
        }
    }
    if (!sent && writing.sync) {
        co_return std::unexpected(words_of(sent.error()));
    }
    if (!sent) {
        report(std::unexpected(sent.error()));
    }
    co_return std::expected<void, std::string>();
}

/// Sends a record for each line until the input ends.
Task<std::expected<void, std::string>> write_all(Writing& writing) {
    std::expected<void, std::string> outcome;
    while (outcome) {
        if (writing.prompts) {
            print(">");
            std::fflush(stdout);
        }
        auto line = co_await writing.input.next_line();
        if (!line) {
            outcome = std::unexpected(std::move(line).error());
        } else if (!*line) {
            break;
        } else if (auto record = writing.reader.parse(**line); record) {
            outcome = co_await send(writing, *std::move(record));
        } else {
            outcome = std::unexpected(std::move(record).error());
        }
    }
    co_await writing.producer.flush();
    co_return outcome;
}

int run(const Arguments& arguments) {
    auto properties = producer_properties(arguments);
    if (!properties) {
        return complain(properties.error());
    }
    const auto options = producer_options(*properties);
    if (!options) {
        return complain(options.error());
    }
    auto reader = make_reader(arguments);
    if (!reader) {
        return complain(reader.error());
    }
    const auto session = ToolSession::open(*arguments.value("bootstrap-server"), false, *properties);
    if (!session) {
        return complain(session.error());
    }
    properties->warn_of_unread();
    const auto executor = (*session)->context().get_executor();
    Producer producer(executor, (*session)->cluster(), *options, Random::from_device());
    StandardInput input(executor);
    Writing writing{
        producer,
        input,
        *reader,
        *arguments.value("topic"),
        arguments.has("sync"),
        isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0
    };
    int signal = 0;
    std::optional<std::expected<void, std::string>> outcome;
    boost::asio::co_spawn(
        (*session)->context(), write_all(writing),
        [&outcome](const std::exception_ptr&, std::expected<void, std::string> result) { outcome = std::move(result); }
    );
    boost::asio::signal_set signals((*session)->context(), SIGINT, SIGTERM);
    signals.async_wait([&signal](const boost::system::error_code& error, int number) { signal = error ? 0 : number; });
    while (!outcome && signal == 0) {
        (*session)->context().run_one();
    }
    if (signal != 0) {
        (*session)->finish(producer.flush());
        return 128 + signal;
    }
    return *outcome ? 0 : complain(outcome->error());
}

}  // namespace console_producer_command

const Tool console_producer_tool{
    {.tool = "console-producer",
     .purpose = "Write the lines of standard input to a topic as records.",
     .flags = console_producer_command::flags},
    console_producer_command::run
};

}  // namespace barnabas
