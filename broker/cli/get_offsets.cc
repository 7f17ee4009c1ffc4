#include <fmt/format.h>
#include <re2/re2.h>

#include "cli/session.h"
#include "cli/topic_filter.h"
#include "client/offsets.h"

namespace barnabas {

namespace get_offsets_command {

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    command_config_flag,
    {.name = "topic", .takes = Takes::text, .argument = "REGEX", .help = "The topics; all without it."},
    {.name = "partitions", .takes = Takes::text, .argument = "0,1,...", .help = "The partitions; all without it."},
    {.name = "topic-partitions",
     .takes = Takes::text,
     .argument = "PATTERN,...",
     .help = "Topics and partitions in one: REGEX, REGEX:1, REGEX:0-3 (without 3), REGEX:5-, REGEX:-3, :1.",
     .not_with = "topic partitions"},
    {.name = "time",
     .takes = Takes::text,
     .argument = "TIME",
     .help = "Milliseconds since 1970: the first offset at or after it. Or latest (-1), earliest (-2), max-timestamp "
             "(-3), earliest-local (-4), latest-tiered (-5), earliest-pending-upload (-6) (default: latest)."},
    {.name = "exclude-internal-topics", .help = "Leave out topics in which brokers keep their own state."},
};

/// One pattern: topics and a range of partitions, the upper bound excluded, or single ones.
struct Pattern {
    TopicFilter topic;
    std::int64_t from = 0;
    std::int64_t below = INT64_MAX;
    std::vector<std::int64_t> only;

    [[nodiscard]] bool matches(const TopicPartition& partition) const {
        const std::int64_t number = partition.partition.value;
        return topic.matches(partition.topic) && number >= from && number < below &&
               (only.empty() || contains(only, number));
    }
};
using Patterns = std::vector<Pattern>;

std::expected<Pattern, std::string> parse_pattern(const std::string& text) {
    static const re2::RE2 shape("([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?");
    std::string topic, number, from, below;
    if (!re2::RE2::FullMatch(text, shape, &topic, &number, &from, &below)) {
        return std::unexpected(fmt::format("Invalid rule specification: {}", text));
    }
    auto filter = TopicFilter::parse(topic.empty() ? ".*" : topic);
    if (!filter) {
        return std::unexpected(filter.error());
    }
    Pattern pattern{*std::move(filter), 0, INT64_MAX, {}};
    if (!number.empty()) {
        pattern.only.push_back(parse_number(number).value_or(INT64_MAX));
    }
    pattern.from = from.empty() ? 0 : parse_number(from).value_or(INT64_MAX);
    pattern.below = below.empty() ? INT64_MAX : parse_number(below).value_or(INT64_MAX);
    return pattern;
}

std::expected<Patterns, std::string> parse_patterns(const Arguments& arguments) {
    Patterns patterns;
    if (const auto list = arguments.value("topic-partitions")) {
        for (const std::string& text : split(*list, ',')) {
            auto pattern = parse_pattern(text);
            if (!pattern) {
                return std::unexpected(pattern.error());
            }
            patterns.push_back(*std::move(pattern));
        }
        return patterns;
    }
    auto filter = TopicFilter::parse(arguments.value("topic").value_or(".*"));
    if (!filter) {
        return std::unexpected(filter.error());
    }
    patterns.push_back({*std::move(filter), 0, INT64_MAX, {}});
    const std::string listed = arguments.value("partitions").value_or("");
    for (const std::string& text : split(listed, ',')) {
        const auto number = parse_number(text);
        if (!number) {
            return std::unexpected(fmt::format(
                "--partitions expects a comma separated list of numeric partition ids, but received: {}", listed
            ));
        }
        patterns.front().only.push_back(*number);
    }
    return patterns;
}

std::optional<std::int64_t> parse_time(const std::string& text) {
    static const std::map<std::string_view, std::int64_t> names{
        {"latest", -1},         {"earliest", -2},      {"max-timestamp", -3},
        {"earliest-local", -4}, {"latest-tiered", -5}, {"earliest-pending-upload", -6},
    };
    const auto name = names.find(text);
    return name != names.end() ? name->second : parse_number(text);
}

std::expected<std::vector<TopicPartition>, std::string> find_matching(
    ToolSession& session, const Patterns& patterns, bool exclude_internal
) {
    if (auto refreshed = session.wait(session.cluster().refresh(std::nullopt)); !refreshed) {
        return std::unexpected(words_of(refreshed.error()));
    }
    std::vector<TopicPartition> partitions;
    for (const auto& [name, topic] : session.cluster().metadata().topics()) {
        for (const auto& [number, partition] : topic.partitions) {
            const TopicPartition each{name, number};
            const bool matches =
                std::ranges::any_of(patterns, [&](const Pattern& pattern) { return pattern.matches(each); });
            if (matches && !(exclude_internal && topic.internal)) {
                partitions.push_back(each);
            }
        }
    }
    return partitions;
}

int run(const Arguments& arguments) {
    const auto fail_with = [](const std::string& words) { return complain("Error occurred: " + words); };
    const std::string time_text = arguments.value("time").value_or("latest");
    const auto time = parse_time(time_text);
    if (!time) {
        return fail_with(fmt::format(
            "Malformed time argument {}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or "
            "earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format "
            "timestamp",
            time_text
        ));
    }
    const auto patterns = parse_patterns(arguments);
    if (!patterns) {
        return fail_with(patterns.error());
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return fail_with(session.error());
    }
    const auto partitions = find_matching(**session, *patterns, arguments.has("exclude-internal-topics"));
    if (!partitions) {
        return fail_with(partitions.error());
    }
    if (partitions->empty()) {
        return fail_with("Could not match any topic-partitions with the specified filters");
    }
    OffsetQueries queries;
    for (const TopicPartition& partition : *partitions) {
        queries[partition] = *time;
    }
    const auto answers = (*session)->wait(list_offsets((*session)->cluster(), queries));
    if (!answers) {
        return fail_with(words_of(answers.error()));
    }
    // Sorted as text: partition 10 comes before partition 2.
    std::map<std::string, std::string> lines;
    for (const auto& [partition, answer] : *answers) {
        if (answer.error_code != ErrorCode::none) {
            complain(fmt::format(
                "Skip getting offsets for topic-partition {} due to error: {}", partition.text(),
                words_of(answer.error_code, std::nullopt)
            ));
        } else if (answer.offset >= 0) {
            lines[partition.text()] =
                fmt::format("{}:{}:{}\n", partition.topic, partition.partition.value, answer.offset);
        }
    }
    for (const auto& [key, line] : lines) {
        print(line);
    }
    return 0;
}

}  // namespace get_offsets_command

const Tool get_offsets_tool{
    {.tool = "get-offsets",
     .purpose = "Print the offsets of partitions: their ends, their beginnings, or at a time.",
     .flags = get_offsets_command::flags},
    get_offsets_command::run
};

}  // namespace barnabas
