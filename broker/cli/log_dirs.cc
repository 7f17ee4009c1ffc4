#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/group_description.h"
#include "cli/java_order.h"
#include "cli/session.h"
#include "protocol/describe_cluster.h"
#include "protocol/describe_log_dirs.h"

namespace barnabas {

namespace log_dirs_command {

namespace json = boost::json;

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    command_config_flag,
    {.name = "describe", .help = "Print the log directories and what is in them, as JSON.", .required = true},
    {.name = "topic-list", .takes = Takes::text, .argument = "NAME,...", .help = "The topics; all without it."},
    {.name = "broker-list", .takes = Takes::text, .argument = "ID,...", .help = "The brokers; all without it."},
};

struct Replica {
    TopicPartition partition;
    DescribeLogDirsResponse::DescribeLogDirsPartition row;
};

json::object directory_json(
    const DescribeLogDirsResponse::DescribeLogDirsResult& result, const std::vector<std::string>& topics
) {
    std::vector<Replica> replicas;
    for (const auto& topic : result.topics) {
        if (!topics.empty() && !contains(topics, topic.name)) {
            continue;
        }
        for (const auto& row : topic.partitions) {
            replicas.push_back({{topic.name, {row.partition_index}}, row});
        }
    }
    json::array partitions;
    const auto hash = [](const Replica& replica) { return java_hash(replica.partition); };
    for (const Replica& replica : java_hash_order(std::move(replicas), hash)) {
        partitions.push_back(json::object{
            {"partition", replica.partition.text()},
            {"size", replica.row.partition_size},
            {"offsetLag", replica.row.offset_lag},
            {"isFuture", replica.row.is_future_key},
        });
    }
    return {
        {"partitions", std::move(partitions)},
        {"error",
         result.error_code == ErrorCode::none ? json::value(nullptr) : json::value(java_exception(result.error_code))},
        {"logDir", result.log_dir},
    };
}

/// What one broker says of its directories.
std::expected<json::array, std::string> ask_broker(
    ToolSession& session, std::int32_t broker, const std::vector<std::string>& topics
) {
    DescribeLogDirsRequest request;
    request.topics.reset();
    auto reply = session.wait(session.cluster().ask_node<DescribeLogDirsResponse>({broker}, request));
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    if (reply->message.error_code != ErrorCode::none) {
        return std::unexpected(words_of(reply->message.error_code, std::nullopt));
    }
    json::array directories;
    const auto hash = [](const auto& each) { return java_hash(each.log_dir); };
    for (const auto& result : java_hash_order(std::move(reply->message.results), hash)) {
        directories.push_back(directory_json(result, topics));
    }
    return directories;
}

int run(const Arguments& arguments) {
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    const auto cluster = (*session)->ask<DescribeClusterResponse>(DescribeClusterRequest());
    if (!cluster) {
        return complain(words_of(cluster.error()));
    }
    std::vector<std::int32_t> alive, wanted, missing;
    for (const auto& broker : cluster->message.brokers) {
        alive.push_back(broker.broker_id);
    }
    for (const std::string& text : split(arguments.value("broker-list").value_or(""), ',')) {
        const auto id = parse_number(text);
        if (!id) {
            return complain(fmt::format("'{}' in --broker-list is not a broker's id", text));
        }
        auto& list = contains(alive, *id) ? wanted : missing;
        list.push_back(static_cast<std::int32_t>(*id));
    }
    if (!missing.empty()) {
        return complain(fmt::format(
            "ERROR: The given brokers do not exist from --broker-list: {}. Current existent brokers: {}",
            fmt::join(missing, ","), fmt::join(alive, ",")
        ));
    }
    const auto number = [](std::int32_t id) { return id; };
    wanted = java_hash_order(wanted.empty() ? alive : wanted, number);
    print("Querying brokers for log directories information\n");
    json::array brokers;
    for (const std::int32_t broker : wanted) {
        auto directories = ask_broker(**session, broker, split(arguments.value("topic-list").value_or(""), ','));
        if (!directories) {
            return complain(directories.error());
        }
        brokers.push_back(json::object{{"broker", broker}, {"logDirs", *std::move(directories)}});
    }
    print(fmt::format("Received log directory information from brokers {}\n", fmt::join(wanted, ",")));
    print(json::serialize(json::object{{"brokers", std::move(brokers)}, {"version", 1}}) + '\n');
    return 0;
}

}  // namespace log_dirs_command

const Tool log_dirs_tool{
    {.tool = "log-dirs", .purpose = "Print what the brokers' log directories hold.", .flags = log_dirs_command::flags},
    log_dirs_command::run
};

}  // namespace barnabas
