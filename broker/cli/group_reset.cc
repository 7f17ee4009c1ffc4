#include "cli/group_reset.h"

#include <fmt/format.h>

#include "cli/java_order.h"
#include "io/whole_file.h"

namespace barnabas {

namespace {

constexpr std::int64_t latest = -1, earliest = -2;

using Partitions = std::vector<TopicPartition>;
using Found = std::expected<std::map<TopicPartition, Offset>, std::string>;
using Committed = std::map<TopicPartition, FetchedOffset>;

/// Where the partitions have a timestamp or a special place. `missing` is for those that have nothing there.
Found find_offsets(ToolSession& session, const Partitions& partitions, std::int64_t timestamp) {
    OffsetQueries queries;
    for (const TopicPartition& partition : partitions) {
        queries[partition] = timestamp;
    }
    const auto answers = session.wait(list_offsets(session.cluster(), queries));
    if (!answers) {
        return std::unexpected(words_of(answers.error()));
    }
    std::map<TopicPartition, Offset> offsets;
    for (const auto& [partition, answer] : *answers) {
        if (answer.error_code != ErrorCode::none) {
            return std::unexpected(words_of(answer.error_code, std::nullopt));
        }
        offsets[partition] = {answer.offset};
    }
    return offsets;
}

Found find_by_time(ToolSession& session, const Partitions& partitions, Timestamp time) {
    auto found = find_offsets(session, partitions, time.time_since_epoch().count());
    if (!found) {
        return found;
    }
    Partitions empty;
    for (const auto& [partition, offset] : *found) {
        if (offset == no_offset) {
            print(fmt::format(
                "\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.\n",
                partition.partition.value, partition.topic
            ));
            empty.push_back(partition);
        }
    }
    if (!empty.empty()) {
        auto ends = find_offsets(session, empty, latest);
        if (!ends) {
            return ends;
        }
        for (const auto& [partition, offset] : *ends) {
            (*found)[partition] = offset;
        }
    }
    return found;
}

/// Keeps offsets within what the partitions hold.
Found clamp(ToolSession& session, std::map<TopicPartition, Offset> wanted) {
    Partitions partitions;
    for (const auto& [partition, offset] : wanted) {
        partitions.push_back(partition);
    }
    const auto starts = find_offsets(session, partitions, earliest);
    const auto ends = starts ? find_offsets(session, partitions, latest) : starts;
    if (!ends) {
        return ends;
    }
    for (auto& [partition, offset] : wanted) {
        const Offset within = std::clamp(offset, starts->at(partition), ends->at(partition));
        if (within != offset) {
            fmt::print(
                stderr, "New offset ({}) lies outside of topic partition {}. Value will be set to {}\n", offset.value,
                partition.text(), within.value
            );
            offset = within;
        }
    }
    return wanted;
}

Found shift(ToolSession& session, const Partitions& partitions, const Committed& committed, std::int64_t by) {
    std::map<TopicPartition, Offset> wanted;
    for (const TopicPartition& partition : partitions) {
        const auto current = committed.find(partition);
        if (current == committed.end()) {
            return std::unexpected(fmt::format(
                "Cannot shift offset for partition {} since there is no current committed offset", partition.text()
            ));
        }
        wanted[partition] = current->second.offset + by;
    }
    return clamp(session, std::move(wanted));
}

Found keep_current(ToolSession& session, const Partitions& partitions, const Committed& committed) {
    std::map<TopicPartition, Offset> offsets;
    Partitions without;
    for (const TopicPartition& partition : partitions) {
        if (const auto current = committed.find(partition); current != committed.end()) {
            offsets[partition] = current->second.offset;
        } else {
            without.push_back(partition);
        }
    }
    if (!without.empty()) {
        auto ends = find_offsets(session, without, latest);
        if (!ends) {
            return ends;
        }
        offsets.insert(ends->begin(), ends->end());
    }
    return offsets;
}

Found from_file(ToolSession& session, const Arguments& arguments, const std::string& group) {
    const std::string path = *arguments.value("from-file");
    const auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes || !*bytes) {
        return std::unexpected(bytes ? "there is no file " + path : bytes.error().text());
    }
    const auto plan = parse_reset_csv(as_text(**bytes), arguments.values("group"));
    if (!plan) {
        return std::unexpected(plan.error());
    }
    const auto own = plan->find(group);
    if (own == plan->end()) {
        print(fmt::format("\nError: No reset plan for group {} found\n", group));
        return std::map<TopicPartition, Offset>();
    }
    return clamp(session, std::map<TopicPartition, Offset>(own->second.begin(), own->second.end()));
}

Found find_new(
    ToolSession& session, const Arguments& arguments, const Partitions& partitions, const Committed& committed
) {
    if (const auto offset = arguments.number("to-offset")) {
        std::map<TopicPartition, Offset> wanted;
        for (const TopicPartition& partition : partitions) {
            wanted[partition] = {*offset};
        }
        return clamp(session, std::move(wanted));
    }
    if (arguments.has("to-earliest") || arguments.has("to-latest")) {
        return find_offsets(session, partitions, arguments.has("to-earliest") ? earliest : latest);
    }
    if (const auto by = arguments.number("shift-by")) {
        return shift(session, partitions, committed, *by);
    }
    if (const auto text = arguments.value("to-datetime")) {
        const auto time = parse_datetime(*text);
        return time ? find_by_time(session, partitions, *time)
                    : std::unexpected(fmt::format("'{}' is not a time YYYY-MM-DDThh:mm:ss.sss", *text));
    }
    if (const auto text = arguments.value("by-duration")) {
        const auto duration = parse_duration(*text);
        return duration ? find_by_time(session, partitions, system_clock().timestamp() - *duration)
                        : std::unexpected(fmt::format("'{}' is not a duration PnDTnHnMnS", *text));
    }
    return keep_current(session, partitions, committed);
}

}  // namespace

std::expected<std::vector<TopicPartition>, std::string> find_partitions(
    ToolSession& session, const std::vector<std::string>& topics, std::vector<std::string>* unknown
) {
    Partitions partitions;
    std::vector<std::string> whole;
    for (const std::string& text : topics) {
        const auto colon = text.find(':');
        if (colon == text.npos) {
            whole.push_back(text);
            continue;
        }
        for (const std::string& digits : split(std::string_view(text).substr(colon + 1), ',')) {
            const auto number = parse_number(digits);
            if (!number) {
                return std::unexpected(fmt::format("Invalid partition '{}' specified in topic arg '{}'", digits, text));
            }
            partitions.push_back({text.substr(0, colon), {static_cast<std::int32_t>(*number)}});
        }
    }
    if (whole.empty()) {
        return partitions;
    }
    if (auto refreshed = session.wait(session.cluster().refresh(whole)); !refreshed) {
        return std::unexpected(words_of(refreshed.error()));
    }
    for (const std::string& topic : whole) {
        const auto* known = session.cluster().metadata().topic(topic);
        if (unknown != nullptr && (known == nullptr || known->error == ErrorCode::unknown_topic_or_partition)) {
            unknown->push_back(topic);
            continue;
        }
        if (known == nullptr || known->error != ErrorCode::none) {
            return std::unexpected(
                words_of(known == nullptr ? ErrorCode::unknown_topic_or_partition : known->error, std::nullopt)
            );
        }
        for (const auto& [number, partition] : known->partitions) {
            partitions.push_back({topic, number});
        }
    }
    return partitions;
}

std::expected<NewOffsets, std::string> plan_reset(
    ToolSession& session, const Arguments& arguments, const std::string& group
) {
    Committed committed;
    if (arguments.has("all-topics") || arguments.has("shift-by") || arguments.has("to-current")) {
        auto fetched = session.wait(fetch_committed(session.cluster(), group, std::nullopt));
        if (!fetched) {
            return std::unexpected(words_of(fetched.error()));
        }
        committed = *std::move(fetched);
    }
    std::expected<Partitions, std::string> partitions;
    if (arguments.has("all-topics")) {
        for (const auto& [partition, offset] : committed) {
            partitions->push_back(partition);
        }
    } else if (arguments.has("topic")) {
        partitions = find_partitions(session, arguments.values("topic"));
    }
    if (!partitions) {
        return std::unexpected(partitions.error());
    }
    const auto found = arguments.has("from-file") ? from_file(session, arguments, group)
                                                  : find_new(session, arguments, *partitions, committed);
    if (!found) {
        return std::unexpected(found.error());
    }
    return java_hash_order(NewOffsets(found->begin(), found->end()), [](const auto& each) {
        return java_hash(each.first);
    });
}

}  // namespace barnabas
