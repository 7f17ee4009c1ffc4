#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/group_description.h"
#include "cli/java_order.h"
#include "cli/session.h"
#include "io/whole_file.h"
#include "protocol/delete_records.h"

namespace barnabas {

namespace delete_records_command {

namespace json = boost::json;

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    command_config_flag,
    {.name = "offset-json-file",
     .takes = Takes::text,
     .argument = "FILE",
     .help =
         R"(What to delete: {"partitions": [{"topic": "foo", "partition": 1, "offset": 1}], "version": 1}. Records )"
         "below the offset go; -1 stands for the high watermark.",
     .required = true},
};

using Wanted = std::vector<std::pair<TopicPartition, std::int64_t>>;

std::expected<std::pair<TopicPartition, std::int64_t>, std::string> read_row(const json::value& value) {
    const json::object* row = value.if_object();
    const json::value* topic = row != nullptr ? row->if_contains("topic") : nullptr;
    const json::value* partition = row != nullptr ? row->if_contains("partition") : nullptr;
    const json::value* offset = row != nullptr ? row->if_contains("offset") : nullptr;
    if (topic == nullptr || !topic->is_string() || partition == nullptr || !partition->is_int64() ||
        offset == nullptr || !offset->is_int64()) {
        return std::unexpected(
            fmt::format("'{}' is no partition: topic, partition and offset are wanted", json::serialize(value))
        );
    }
    const PartitionId number{static_cast<std::int32_t>(partition->as_int64())};
    return std::pair(TopicPartition{std::string(topic->as_string()), number}, offset->as_int64());
}

std::expected<Wanted, std::string> read_wanted(std::string_view text) {
    boost::system::error_code error;
    const json::value parsed = json::parse(text, error);
    if (error || !parsed.is_object()) {
        return std::unexpected("The input string is not a valid JSON");
    }
    const json::value* version = parsed.as_object().if_contains("version");
    if (version != nullptr && *version != 1) {
        return std::unexpected(fmt::format("Not supported version field value {}", json::serialize(*version)));
    }
    const json::value* rows = parsed.as_object().if_contains("partitions");
    if (rows == nullptr || !rows->is_array()) {
        return std::unexpected("Missing partitions field");
    }
    Wanted wanted;
    for (const json::value& value : rows->as_array()) {
        auto row = read_row(value);
        if (!row) {
            return std::unexpected(row.error());
        }
        if (std::ranges::find(wanted, row->first, &Wanted::value_type::first) != wanted.end()) {
            return std::unexpected(
                fmt::format("Offset json file contains duplicate topic partitions: {}", row->first.text())
            );
        }
        wanted.push_back(*std::move(row));
    }
    return wanted;
}

/// Asks the partition's leader. Answers the low watermark.
Expected<std::int64_t> delete_before(ToolSession& session, const TopicPartition& partition, std::int64_t offset) {
    const auto leader = session.cluster().metadata().leader(partition);
    if (!leader) {
        return fail(ErrorCode::unknown_topic_or_partition, "");
    }
    DeleteRecordsRequest request;
    request.timeout_ms = static_cast<std::int32_t>(session.cluster().options().connection.request_timeout.count());
    auto& topic = request.topics.emplace_back();
    topic.name = partition.topic;
    topic.partitions.push_back({partition.partition.value, offset, {}});
    const auto reply = session.wait(session.cluster().ask_node<DeleteRecordsResponse>(*leader, request));
    if (!reply) {
        return std::unexpected(reply.error());
    }
    for (const auto& row : reply->message.topics) {
        for (const auto& result : row.partitions) {
            if (result.error_code != ErrorCode::none) {
                return fail(result.error_code, std::string(text(result.error_code)));
            }
            return result.low_watermark;
        }
    }
    return fail(ErrorCode::unknown_server_error, "the broker's answer leaves the partition out");
}

int run(const Arguments& arguments) {
    const std::string path = *arguments.value("offset-json-file");
    const auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes || !*bytes) {
        return complain(bytes ? "there is no file " + path : bytes.error().text());
    }
    const auto wanted = read_wanted(as_text(**bytes));
    if (!wanted) {
        return complain(wanted.error());
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    std::vector<std::string> topics;
    for (const auto& [partition, offset] : *wanted) {
        topics.push_back(partition.topic);
    }
    if (auto refreshed = (*session)->wait((*session)->cluster().refresh(topics)); !refreshed) {
        return complain(words_of(refreshed.error()));
    }
    print("Executing records delete operation\nRecords delete operation completed:\n");
    const auto hash = [](const auto& each) { return java_hash(each.first); };
    for (const auto& [partition, offset] : java_hash_order(*wanted, hash)) {
        const auto mark = delete_before(**session, partition, offset);
        print(
            mark ? fmt::format("partition: {}\tlow_watermark: {}\n", partition.text(), *mark)
                 : fmt::format(
                       "partition: {}\terror: {}: {}\n", partition.text(), java_exception(mark.error().code),
                       words_of(mark.error())
                   )
        );
    }
    return 0;
}

}  // namespace delete_records_command

const Tool delete_records_tool{
    {.tool = "delete-records",
     .purpose = "Delete the records of partitions below some offset.",
     .flags = delete_records_command::flags},
    delete_records_command::run
};

}  // namespace barnabas
