#include <fmt/format.h>

#include <algorithm>

#include "cli/java_order.h"
#include "cli/session.h"
#include "cli/topic_description.h"
#include "cli/topic_filter.h"
#include "config/option.h"
#include "protocol/create_partitions.h"
#include "protocol/create_topics.h"
#include "protocol/delete_topics.h"
#include "protocol/describe_cluster.h"

namespace barnabas {

namespace topics_command {

constexpr std::int8_t topic_resource = 2;
constexpr std::int64_t default_partition_limit = 2000;

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    command_config_flag,
    {.name = "list", .help = "Print the names of topics."},
    {.name = "create", .help = "Create a topic."},
    {.name = "delete", .help = "Delete topics."},
    {.name = "alter", .help = "Add partitions. (kafka-configs changes settings.)"},
    {.name = "describe", .help = "Print the partitions and settings of topics."},
    {.name = "topic",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The topic; a regular expression too, except with --create."},
    {.name = "topic-id",
     .takes = Takes::text,
     .argument = "UUID",
     .help = "The topic to describe.",
     .only_with = "describe"},
    {.name = "config",
     .takes = Takes::text,
     .argument = "KEY=VALUE",
     .help = "A setting of the new topic. May stand several times.",
     .repeats = true,
     .only_with = "create"},
    {.name = "delete-config",
     .takes = Takes::text,
     .argument = "KEY",
     .help = "No longer does anything; deprecated since 4.0.",
     .repeats = true},
    {.name = "partitions",
     .takes = Takes::number,
     .argument = "COUNT",
     .help = "How many partitions the topic shall have. Added ones change which partition a key belongs to.",
     .only_with = "alter create"},
    {.name = "replication-factor",
     .takes = Takes::number,
     .argument = "COUNT",
     .help = "How many brokers hold each partition.",
     .only_with = "create"},
    {.name = "replica-assignment",
     .takes = Takes::text,
     .argument = "ID:ID,ID:ID,...",
     .help = "The brokers of each partition, first the preferred leader; partitions stand between commas.",
     .only_with = "alter create"},
    {.name = "under-replicated-partitions",
     .help = "Only partitions with fewer replicas in sync than there are.",
     .only_with = "describe",
     .not_with = "topics-with-overrides"},
    {.name = "unavailable-partitions",
     .help = "Only partitions without a live leader.",
     .only_with = "describe",
     .not_with = "topics-with-overrides"},
    {.name = "under-min-isr-partitions",
     .help = "Only partitions with fewer replicas in sync than min.insync.replicas.",
     .only_with = "describe",
     .not_with = "topics-with-overrides"},
    {.name = "at-min-isr-partitions",
     .help = "Only partitions with min.insync.replicas replicas in sync, no more.",
     .only_with = "describe",
     .not_with = "topics-with-overrides"},
    {.name = "topics-with-overrides",
     .help = "Only topics with settings of their own, without their partitions.",
     .only_with = "describe"},
    {.name = "if-exists", .help = "No topic is no error.", .only_with = "alter delete describe"},
    {.name = "if-not-exists", .help = "A topic that exists already is no error.", .only_with = "create"},
    {.name = "exclude-internal",
     .help = "Leave out topics in which brokers keep their own state.",
     .only_with = "list describe"},
    {.name = "partition-size-limit-per-response",
     .takes = Takes::number,
     .argument = "COUNT",
     .help = "How many partitions to ask for at once (default: 2000)."},
};

using Done = std::expected<void, std::string>;

std::unexpected<std::string> failed(const Error& error) {
    return std::unexpected(words_of(error));
}

/// The topics that `--topic` and `--exclude-internal` leave, sorted.
std::expected<std::vector<std::string>, std::string> find_topics(ToolSession& session, const Arguments& arguments) {
    MetadataRequest request;
    request.topics.reset();
    const auto reply = session.ask<MetadataResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    std::optional<TopicFilter> filter;
    if (const auto expression = arguments.value("topic")) {
        auto parsed = TopicFilter::parse(*expression);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        filter = *std::move(parsed);
    }
    std::vector<std::string> names;
    for (const auto& topic : reply->message.topics) {
        const std::string& name = *topic.name;
        const bool excluded = arguments.has("exclude-internal") && topic.is_internal;
        if (!excluded && (!filter || filter->matches(name))) {
            names.push_back(name);
        }
    }
    std::ranges::sort(names);
    return names;
}

Done check_found(const std::vector<std::string>& names, const Arguments& arguments) {
    const auto wanted = arguments.value("topic");
    if (wanted && !wanted->empty() && names.empty() && !arguments.has("if-exists")) {
        return std::unexpected(fmt::format("Topic '{}' does not exist as expected", *wanted));
    }
    return {};
}

Done list(ToolSession& session, const Arguments& arguments) {
    const auto names = find_topics(session, arguments);
    if (!names) {
        return std::unexpected(names.error());
    }
    print(join(*names, "\n") + '\n');
    return {};
}

using Assignment = std::vector<std::vector<std::int32_t>>;

std::expected<Assignment, std::string> parse_assignment(const std::string& text) {
    Assignment assignment;
    for (const std::string& partition : split(text, ',')) {
        auto& brokers = assignment.emplace_back();
        for (const std::string& word : split(partition, ':')) {
            const auto first = word.find_first_not_of(' ');
            const auto id = first == word.npos
                                ? std::nullopt
                                : parse_number(word.substr(first, word.find_last_not_of(' ') - first + 1));
            if (!id || *id < 0 || *id > INT32_MAX) {
                return std::unexpected(fmt::format("'{}' in --replica-assignment is not a broker's id", word));
            }
            if (contains(brokers, static_cast<std::int32_t>(*id))) {
                return std::unexpected(fmt::format("Partition replica lists may not contain duplicate entries: {}", *id)
                );
            }
            brokers.push_back(static_cast<std::int32_t>(*id));
        }
        if (brokers.size() != assignment.front().size()) {
            return std::unexpected(fmt::format(
                "Partition {} has different replication factor: [{}]", assignment.size() - 1, fmt::join(brokers, ", ")
            ));
        }
    }
    return assignment;
}

Done add_config(ClientProperties& configs, const std::string& pair) {
    if (pair.find('=') == pair.npos || pair.ends_with('=')) {
        return std::unexpected(
            "requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\"."
        );
    }
    const std::string key = pair.substr(0, pair.find_first_of(" ="));
    if (find_topic_option(key) == nullptr) {
        return std::unexpected(fmt::format("Unknown topic config name: {}", key));
    }
    return configs.add(pair);
}

Done create(ToolSession& session, const Arguments& arguments) {
    const std::string name = *arguments.value("topic");
    const auto factor = arguments.number("replication-factor");
    const auto count = arguments.number("partitions");
    if (factor && (*factor > INT16_MAX || *factor < 1)) {
        return std::unexpected("The replication factor must be between 1 and 32767 inclusive");
    }
    if (count && (*count < 1 || *count > INT32_MAX)) {
        return std::unexpected("The partitions must be greater than 0");
    }
    const auto assignment = parse_assignment(arguments.value("replica-assignment").value_or(""));
    if (!assignment) {
        return std::unexpected(assignment.error());
    }
    CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.num_partitions = static_cast<std::int32_t>(count.value_or(-1));
    topic.replication_factor = static_cast<std::int16_t>(factor.value_or(-1));
    for (std::size_t i = 0; i < assignment->size(); ++i) {
        topic.assignments.push_back({static_cast<std::int32_t>(i), (*assignment)[i], {}});
    }
    ClientProperties configs;
    for (const std::string& pair : arguments.values("config")) {
        if (auto added = add_config(configs, pair); !added) {
            return added;
        }
    }
    for (const auto& [key, value] : configs.values()) {
        topic.configs.push_back({key, value, {}});
    }
    if (name.find_first_of("._") != name.npos) {
        print(
            "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could "
            "collide. "
            "To avoid issues it is best to use either, but not both.\n"
        );
    }
    const auto reply = session.ask<CreateTopicsResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    const auto& result = reply->message.topics.front();
    if (result.error_code == ErrorCode::topic_already_exists && arguments.has("if-not-exists")) {
        return {};
    }
    if (result.error_code != ErrorCode::none) {
        return std::unexpected(words_of(result.error_code, result.error_message));
    }
    print(fmt::format("Created topic {}.\n", name));
    return {};
}

/// Asks in pieces until the broker says that it was the last one.
std::expected<std::vector<TopicDescription>, std::string> describe_by_name(
    ToolSession& session, const std::vector<std::string>& names, std::int64_t limit
) {
    DescribeTopicPartitionsRequest request;
    request.response_partition_limit = static_cast<std::int32_t>(limit);
    for (const std::string& name : names) {
        request.topics.push_back({name, {}});
    }
    std::vector<TopicDescription> topics;
    DescribeTopicPartitionsResponse::Cursor cursor;
    while (true) {
        auto reply = session.ask<DescribeTopicPartitionsResponse>(request);
        if (!reply) {
            return failed(reply.error());
        }
        for (const auto& row : reply->message.topics) {
            if (row.error_code != ErrorCode::none) {
                return std::unexpected(words_of(row.error_code, std::nullopt));
            }
            TopicDescription topic = describe(row);
            if (!topics.empty() && topics.back().name == topic.name) {
                std::ranges::move(topic.partitions, std::back_inserter(topics.back().partitions));
            } else {
                topics.push_back(std::move(topic));
            }
        }
        if (!reply->message.next_cursor) {
            return topics;
        }
        cursor = *std::move(reply->message.next_cursor);
        request.cursor = {cursor.topic_name, cursor.partition_index, {}};
        // What stands before the cursor is done.
        std::erase_if(request.topics, [&](const auto& each) { return each.name < cursor.topic_name; });
    }
}

/// For brokers that know no better.
std::expected<std::vector<TopicDescription>, std::string> describe_by_metadata(
    ToolSession& session, const std::vector<std::string>& names
) {
    MetadataRequest request;
    request.allow_auto_topic_creation = false;
    for (const std::string& name : names) {
        request.topics->emplace_back().name = name;
    }
    const auto reply = session.ask<MetadataResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    std::vector<TopicDescription> topics;
    for (const auto& row : reply->message.topics) {
        if (row.error_code != ErrorCode::none) {
            return std::unexpected(words_of(row.error_code, std::nullopt));
        }
        topics.push_back(describe(row));
    }
    return topics;
}

std::expected<std::vector<TopicDescription>, std::string> describe_by_id(
    ToolSession& session, const Uuid& id, const Arguments& arguments
) {
    MetadataRequest request;
    request.topics.reset();
    request.allow_auto_topic_creation = false;
    const auto reply = session.ask<MetadataResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    for (const auto& row : reply->message.topics) {
        const bool excluded = arguments.has("exclude-internal") && row.is_internal;
        if (row.topic_id == id && !excluded) {
            return std::vector{describe(row)};
        }
    }
    if (!arguments.has("if-exists")) {
        return std::unexpected(fmt::format("TopicId '{}' does not exist as expected", id.text()));
    }
    return std::vector<TopicDescription>();
}

Done add_configs(ToolSession& session, std::vector<TopicDescription>& topics) {
    DescribeConfigsRequest request;
    for (const TopicDescription& topic : topics) {
        request.resources.push_back({topic_resource, topic.name, std::nullopt, {}});
    }
    auto reply = session.ask<DescribeConfigsResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    for (auto& result : reply->message.results) {
        if (result.error_code != ErrorCode::none) {
            return std::unexpected(words_of(result.error_code, result.error_message));
        }
        const auto topic = std::ranges::find(topics, result.resource_name, &TopicDescription::name);
        if (topic != topics.end()) {
            topic->configs =
                java_hash_order(std::move(result.configs), [](const auto& each) { return java_hash(each.name); });
        }
    }
    return {};
}

/// Moves that are under way. A cluster that cannot tell has none.
void add_reassignments(ToolSession& session, std::vector<TopicDescription>& topics) {
    ListPartitionReassignmentsRequest request;
    request.topics.emplace();
    for (const TopicDescription& topic : topics) {
        auto& row = request.topics->emplace_back();
        row.name = topic.name;
        for (const auto& partition : topic.partitions) {
            row.partition_indexes.push_back(partition.index);
        }
    }
    const auto reply = session.ask<ListPartitionReassignmentsResponse>(request);
    if (!reply || reply->message.error_code != ErrorCode::none) {
        return;
    }
    for (const auto& moved : reply->message.topics) {
        const auto topic = std::ranges::find(topics, moved.name, &TopicDescription::name);
        if (topic == topics.end()) {
            continue;
        }
        for (const auto& row : moved.partitions) {
            const auto partition =
                std::ranges::find(topic->partitions, row.partition_index, &TopicDescription::Partition::index);
            if (partition != topic->partitions.end()) {
                partition->reassignment = row;
            }
        }
    }
}

std::expected<std::vector<TopicDescription>, std::string> find_descriptions(
    ToolSession& session, const Arguments& arguments
) {
    const auto id_text = arguments.value("topic-id");
    const auto id = id_text ? Uuid::parse(*id_text) : std::nullopt;
    if (id_text && !id) {
        return std::unexpected(fmt::format("'{}' is not a topic id: 22 characters of base64 are wanted", *id_text));
    }
    if (id && !id->is_zero()) {
        return describe_by_id(session, *id, arguments);
    }
    const auto names = find_topics(session, arguments);
    if (!names) {
        return std::unexpected(names.error());
    }
    if (auto found = check_found(*names, arguments); !found) {
        return std::unexpected(found.error());
    }
    if (names->empty()) {
        return std::vector<TopicDescription>();
    }
    const auto node = session.wait(session.cluster().any());
    if (!node) {
        return failed(node.error());
    }
    if (!(*node)->version_of<DescribeTopicPartitionsRequest>()) {
        return describe_by_metadata(session, *names);
    }
    return describe_by_name(
        session, *names, arguments.number("partition-size-limit-per-response").value_or(default_partition_limit)
    );
}

Done describe(ToolSession& session, const Arguments& arguments) {
    auto topics = find_descriptions(session, arguments);
    if (!topics) {
        return std::unexpected(topics.error());
    }
    if (topics->empty()) {
        return {};
    }
    if (auto added = add_configs(session, *topics); !added) {
        return added;
    }
    add_reassignments(session, *topics);
    DescribeTopicsFilter filter{arguments.has("under-replicated-partitions"), arguments.has("unavailable-partitions"),
                                arguments.has("under-min-isr-partitions"),    arguments.has("at-min-isr-partitions"),
                                arguments.has("topics-with-overrides"),       {}};
    const auto cluster = session.ask<DescribeClusterResponse>(DescribeClusterRequest());
    if (!cluster) {
        return failed(cluster.error());
    }
    for (const auto& broker : cluster->message.brokers) {
        filter.live_brokers.insert(broker.broker_id);
    }
    // Apache's client puts them from one map into another, a copy that is sized by the load between them.
    const std::size_t count = topics->size();
    std::vector<TopicDescription> ordered = *std::move(topics);
    for (const std::size_t capacity : {count, count * 4 / 3 + 1, count}) {
        std::vector<TopicDescription> before = std::exchange(ordered, {});
        ordered = java_hash_order(
            std::move(before), [](const TopicDescription& topic) { return java_hash(topic.name); }, capacity
        );
    }
    for (const TopicDescription& topic : ordered) {
        print(render(topic, filter));
    }
    return {};
}

Done alter(ToolSession& session, const Arguments& arguments) {
    const auto count = arguments.number("partitions");
    if (*count < 1 || *count > INT32_MAX) {
        return std::unexpected("The partitions must be greater than 0");
    }
    const auto assignment = parse_assignment(arguments.value("replica-assignment").value_or(""));
    if (!assignment) {
        return std::unexpected(assignment.error());
    }
    const auto topics = find_descriptions(session, arguments);
    if (!topics) {
        return std::unexpected(topics.error());
    }
    if (topics->empty()) {
        return {};
    }
    CreatePartitionsRequest request;
    request.timeout_ms = static_cast<std::int32_t>(session.cluster().options().connection.request_timeout.count());
    for (const TopicDescription& topic : *topics) {
        auto& row = request.topics.emplace_back();
        row.name = topic.name;
        row.count = static_cast<std::int32_t>(*count);
        row.assignments.reset();
        if (!assignment->empty()) {
            // The partitions that exist stay where they are.
            row.assignments.emplace();
            for (std::size_t i = topic.partitions.size(); i < assignment->size(); ++i) {
                row.assignments->push_back({(*assignment)[i], {}});
            }
        }
    }
    const auto reply = session.ask<CreatePartitionsResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    for (const auto& result : reply->message.results) {
        if (result.error_code != ErrorCode::none) {
            return std::unexpected(words_of(result.error_code, result.error_message));
        }
    }
    return {};
}

Done remove(ToolSession& session, const Arguments& arguments) {
    const auto names = find_topics(session, arguments);
    if (!names) {
        return std::unexpected(names.error());
    }
    if (auto found = check_found(*names, arguments); !found) {
        return found;
    }
    DeleteTopicsRequest request;
    request.timeout_ms = static_cast<std::int32_t>(session.cluster().options().connection.request_timeout.count());
    for (const std::string& name : *names) {
        request.topics.emplace_back().name = name;
        request.topic_names.push_back(name);
    }
    const auto reply = session.ask<DeleteTopicsResponse>(request);
    if (!reply) {
        return failed(reply.error());
    }
    for (const auto& result : reply->message.responses) {
        if (result.error_code != ErrorCode::none) {
            return std::unexpected(words_of(result.error_code, result.error_message));
        }
    }
    return {};
}

/// What one row of the table of flags cannot say.
std::string fault(const Arguments& arguments) {
    const bool named = arguments.has("topic") || arguments.has("topic-id");
    if (arguments.is("describe") && arguments.has("if-exists") && !named) {
        return "--topic or --topic-id is required to describe a topic";
    }
    if (!arguments.is("list") && !arguments.is("describe") && !arguments.has("topic")) {
        return "Missing required argument \"[topic]\"";
    }
    if (arguments.is("alter") && !arguments.has("partitions")) {
        return "Missing required argument \"[partitions]\"";
    }
    if (arguments.is("create") && arguments.has("replica-assignment") &&
        (arguments.has("partitions") || arguments.has("replication-factor"))) {
        return "Option \"[replica-assignment]\" can't be used with option \"[partitions]\" or \"[replication-factor]\"";
    }
    return {};
}

int run(const Arguments& arguments) {
    if (const std::string words = fault(arguments); !words.empty()) {
        return complain(words);
    }
    if (arguments.has("delete-config")) {
        fmt::print(stderr, "--delete-config does nothing: it is no longer supported since Kafka 4.0.\n");
    }
    if (arguments.is("describe") && arguments.has("if-exists") && arguments.has("topic") && arguments.has("topic-id")) {
        print(
            "Only topic id will be used when both --topic and --topic-id are specified and topicId is not "
            "Uuid.ZERO_UUID\n"
        );
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    const auto done = arguments.is("list")     ? list(**session, arguments)
                      : arguments.is("create") ? create(**session, arguments)
                      : arguments.is("alter")  ? alter(**session, arguments)
                      : arguments.is("delete") ? remove(**session, arguments)
                                               : describe(**session, arguments);
    if (!done) {
        print(fmt::format("Error while executing topic command : {}\n", done.error()));
        return 1;
    }
    return 0;
}

}  // namespace topics_command

const Tool topics_tool{
    {.tool = "topics",
     .purpose = "Create, list, describe, change and delete topics.",
     .flags = topics_command::flags,
     .actions = "list describe create alter delete"},
    topics_command::run
};

}  // namespace barnabas
