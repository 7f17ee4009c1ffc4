#include <fmt/format.h>

#include "cli/group_reset.h"
#include "cli/group_tables.h"
#include "cli/session.h"
#include "cli/topic_filter.h"
#include "protocol/delete_groups.h"
#include "protocol/offset_delete.h"

namespace barnabas {

namespace consumer_groups_command {

constexpr std::string_view other_resets =
    "to-offset shift-by to-datetime by-duration to-earliest to-latest to-current from-file";

constexpr Flag flags[] = {
    {.name = "bootstrap-server",
     .takes = Takes::text,
     .argument = "HOST:PORT,...",
     .help = "Brokers to find the cluster by. REQUIRED for all but --validate-regex."},
    command_config_flag,
    {.name = "list", .help = "Print the groups."},
    {.name = "describe", .help = "Print offsets and lag of groups, or their members or state."},
    {.name = "delete", .help = "Delete groups, with their offsets."},
    {.name = "reset-offsets", .help = "Set the offsets of groups that have no active members."},
    {.name = "delete-offsets", .help = "Delete a group's offsets of some topics."},
    {.name = "validate-regex",
     .takes = Takes::text,
     .argument = "REGEX",
     .help = "Say whether this is a regular expression by RE2's rules."},
    {.name = "group",
     .takes = Takes::text,
     .argument = "NAME",
     .help = "The group. May stand several times.",
     .repeats = true,
     .only_with = "describe delete reset-offsets delete-offsets",
     .not_with = "all-groups"},
    {.name = "all-groups", .help = "All groups.", .only_with = "describe delete reset-offsets"},
    {.name = "topic",
     .takes = Takes::text,
     .argument = "NAME[:0,1,...]",
     .help = "The topic, or some of its partitions. May stand several times.",
     .repeats = true,
     .only_with = "reset-offsets delete-offsets"},
    {.name = "all-topics",
     .help = "All topics for which the group has offsets.",
     .only_with = "reset-offsets",
     .not_with = "topic"},
    {.name = "members", .help = "Print the members.", .only_with = "describe", .not_with = "offsets state"},
    {.name = "offsets", .help = "Print offsets and lag (the default).", .only_with = "describe", .not_with = "state"},
    {.name = "state",
     .takes = Takes::optional_text,
     .argument = "STATE,...",
     .help = "With --describe: print the group's state. With --list: print it too, or list those of these states.",
     .only_with = "describe list"},
    {.name = "type",
     .takes = Takes::optional_text,
     .argument = "TYPE,...",
     .help = "Print the groups' types too, or list those of these types (classic, consumer).",
     .only_with = "list"},
    {.name = "verbose", .help = "Print more.", .only_with = "describe"},
    {.name = "timeout",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long the whole may take (default: 30000)."},
    {.name = "dry-run",
     .help = "Only print what --execute would do (the default).",
     .only_with = "reset-offsets",
     .not_with = "execute"},
    {.name = "execute", .help = "Do it.", .only_with = "reset-offsets"},
    {.name = "export", .help = "Print lines for --from-file.", .only_with = "reset-offsets"},
    {.name = "to-offset",
     .takes = Takes::number,
     .argument = "OFFSET",
     .help = "Go to this offset.",
     .only_with = "reset-offsets",
     .not_with = "shift-by to-datetime by-duration to-earliest to-latest to-current from-file"},
    {.name = "shift-by",
     .takes = Takes::number,
     .argument = "COUNT",
     .help = "Go so far on, or back when negative.",
     .only_with = "reset-offsets",
     .not_with = "to-datetime by-duration to-earliest to-latest to-current from-file"},
    {.name = "to-datetime",
     .takes = Takes::text,
     .argument = "TIME",
     .help = "Go to the first record at this time or later: YYYY-MM-DDThh:mm:ss.sss.",
     .only_with = "reset-offsets",
     .not_with = "by-duration to-earliest to-latest to-current from-file"},
    {.name = "by-duration",
     .takes = Takes::text,
     .argument = "DURATION",
     .help = "Go so far back in time: PnDTnHnMnS.",
     .only_with = "reset-offsets",
     .not_with = "to-earliest to-latest to-current from-file"},
    {.name = "to-earliest",
     .help = "Go to the first record.",
     .only_with = "reset-offsets",
     .not_with = "to-latest to-current from-file"},
    {.name = "to-latest",
     .help = "Go behind the last record.",
     .only_with = "reset-offsets",
     .not_with = "to-current from-file"},
    {.name = "to-current", .help = "Stay where the group is.", .only_with = "reset-offsets", .not_with = "from-file"},
    {.name = "from-file",
     .takes = Takes::text,
     .argument = "FILE",
     .help = "Go where the file says: lines [GROUP,]TOPIC,PARTITION,OFFSET.",
     .only_with = "reset-offsets"},
};

using Done = std::expected<void, std::string>;

void print_error(std::string_view words) {
    print(fmt::format("\nError: {}\n", words));
}

std::unexpected<std::string> failed(const Error& error) {
    return std::unexpected(words_of(error));
}

/// The names in `text` in their own spelling; nothing when one is not among `known`.
std::optional<std::vector<std::string>> parse_names(
    const std::string& text, std::initializer_list<std::string_view> known
) {
    std::vector<std::string> names;
    for (const std::string& word : split(text, ',')) {
        const auto same = [&](std::string_view each) {
            return std::ranges::equal(each, word, [](char left, char right) {
                return std::tolower(left) == std::tolower(right);
            });
        };
        const auto found = std::ranges::find_if(known, same);
        if (found == known.end()) {
            return std::nullopt;
        }
        names.emplace_back(*found);
    }
    return names;
}

Done list(ToolSession& session, const Arguments& arguments) {
    const auto states = parse_names(
        arguments.value("state").value_or(""),
        {"CompletingRebalance", "Stable", "Empty", "Assigning", "Dead", "PreparingRebalance", "Reconciling"}
    );
    const auto types = parse_names(arguments.value("type").value_or(""), {"Classic", "Consumer"});
    if (!states || !types) {
        // Apache's own words; the message is a complaint, so that it goes to standard error.
        complain(
            !states
                ? fmt::format(
                      "Invalid state list '{}'. Valid states are: CompletingRebalance, Stable, Empty, Assigning, "
                      "Dead, PreparingRebalance, Reconciling",
                      *arguments.value("state")
                  )
                : fmt::format("Invalid types list '{}'. Valid types are: Classic, Consumer", *arguments.value("type"))
        );
        return std::unexpected("");
    }
    const bool shows_type = arguments.has("type"), shows_state = arguments.has("state");
    const auto wanted = types->empty() ? std::vector<std::string>{"Classic", "Consumer"} : *types;
    const auto groups = list_groups(session, *states, wanted);
    if (!groups) {
        return std::unexpected(groups.error());
    }
    if (shows_type || shows_state) {
        print(render_group_list(*groups, shows_type, shows_state));
        return {};
    }
    for (const GroupListing& group : *groups) {
        print(group.id + '\n');
    }
    return {};
}

std::expected<std::vector<std::string>, std::string> chosen_groups(ToolSession& session, const Arguments& arguments) {
    if (!arguments.has("all-groups")) {
        return arguments.values("group");
    }
    const auto groups = list_groups(session, {}, {"Classic", "Consumer"});
    if (!groups) {
        return std::unexpected(groups.error());
    }
    std::vector<std::string> names;
    for (const GroupListing& group : *groups) {
        names.push_back(group.id);
    }
    return names;
}

/// Says what there is to say of a group's state. Whether its rows are worth printing.
bool has_rows(const GroupDescription& group, std::size_t rows) {
    if (group.state == "Dead") {
        print_error(fmt::format("Consumer group '{}' does not exist.", group.id));
        return false;
    }
    // What goes to standard output so far comes before this.
    if (group.state == "Empty") {
        complain(fmt::format("\nConsumer group '{}' has no active members.", group.id));
    } else if (group.state != "Stable") {
        complain(fmt::format("\nWarning: Consumer group '{}' is rebalancing.", group.id));
    }
    return rows > 0;
}

std::expected<std::vector<GroupOffsetRow>, std::string> offset_rows(
    ToolSession& session, const GroupDescription& group
) {
    auto committed = session.wait(fetch_committed(session.cluster(), group.id, std::nullopt));
    if (!committed) {
        return failed(committed.error());
    }
    std::vector<GroupOffsetRow> rows;
    OffsetQueries queries;
    const auto add = [&](std::vector<TopicPartition> partitions, const MemberDescription& member) {
        std::ranges::sort(partitions);
        for (TopicPartition& partition : partitions) {
            queries[partition] = -1;
            const auto offset = committed->find(partition);
            GroupOffsetRow& row = rows.emplace_back();
            if (offset != committed->end()) {
                row.current = offset->second.offset;
                row.leader_epoch = offset->second.epoch;
            }
            row.partition = std::move(partition);
            row.consumer = member.id;
            row.host = member.host;
            row.client = member.client_id;
        }
    };
    auto members = group.members;
    std::ranges::sort(members, [](const auto& left, const auto& right) {
        return left.assignment.size() != right.assignment.size() ? left.assignment.size() > right.assignment.size()
                                                                 : left.id < right.id;
    });
    for (const MemberDescription& member : members) {
        add(member.assignment, member);
    }
    std::vector<TopicPartition> unassigned;
    for (const auto& [partition, offset] : *committed) {
        if (!queries.contains(partition)) {
            unassigned.push_back(partition);
        }
    }
    MemberDescription nobody;
    nobody.id = nobody.host = nobody.client_id = "-";
    add(std::move(unassigned), nobody);
    const auto ends = session.wait(list_offsets(session.cluster(), queries));
    if (!ends) {
        return failed(ends.error());
    }
    for (GroupOffsetRow& row : rows) {
        const auto end = ends->find(*row.partition);
        if (end != ends->end() && end->second.error_code == ErrorCode::none) {
            row.log_end = Offset{end->second.offset};
        }
    }
    return rows;
}

Done describe_one(ToolSession& session, const Arguments& arguments, const GroupDescription& group) {
    const bool verbose = arguments.has("verbose");
    if (arguments.has("members")) {
        has_rows(group, group.members.size());
        print(render_members(group, verbose));
    } else if (arguments.has("state")) {
        if (has_rows(group, 1)) {
            print(render_state(group, verbose));
        }
    } else {
        const auto rows = offset_rows(session, group);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        if (has_rows(group, rows->size())) {
            print(render_offsets(group.id, *rows, verbose));
        }
    }
    return {};
}

Done describe(ToolSession& session, const Arguments& arguments) {
    auto names = chosen_groups(session, arguments);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::ranges::sort(*names);
    std::vector<GroupDescription> groups;
    for (const std::string& name : *names) {
        auto group = describe_group(session, name);
        if (!group) {
            return std::unexpected(java_exception(group.error().code) + ": " + words_of(group.error()));
        }
        groups.push_back(*std::move(group));
    }
    for (const GroupDescription& group : groups) {
        if (auto done = describe_one(session, arguments, group); !done) {
            return done;
        }
    }
    return {};
}

Done remove(ToolSession& session, const Arguments& arguments) {
    const auto names = chosen_groups(session, arguments);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<std::string> deleted, complaints;
    for (const std::string& name : *names) {
        DeleteGroupsRequest request;
        request.groups_names = {name};
        const auto reply =
            session.wait(session.cluster().ask_coordinator<DeleteGroupsResponse>(CoordinatorKind::group, name, request)
            );
        const Error error = !reply ? reply.error()
                                   : Error{
                                         reply->message.results.front().error_code,
                                         words_of(reply->message.results.front().error_code, std::nullopt)
                                     };
        if (error.code == ErrorCode::none) {
            deleted.push_back(fmt::format("'{}'", name));
        } else {
            complaints.push_back(fmt::format(
                "* Group '{}' could not be deleted due to: {}: {}\n", name, java_exception(error.code), words_of(error)
            ));
        }
    }
    if (complaints.empty()) {
        print(fmt::format("Deletion of requested consumer groups ({}) was successful.\n", join(deleted, ", ")));
        return {};
    }
    print_error("Deletion of some consumer groups failed:");
    print(join(complaints, ""));
    if (!deleted.empty()) {
        print(fmt::format("\nThese consumer groups were deleted successfully: {}\n", join(deleted, ", ")));
    }
    return {};
}

std::string deletion_words(ErrorCode code) {
    const bool partition_level = code == ErrorCode::group_subscribed_to_topic ||
                                 code == ErrorCode::topic_authorization_failed ||
                                 code == ErrorCode::unknown_topic_or_partition;
    return partition_level ? "Encountered some partition-level error, see the follow-up details."
                           : words_of(code, std::nullopt);
}

/// What became of each partition: its own code, or that of the whole request.
std::string deletion_table(
    const std::vector<TopicPartition>& partitions, const std::map<TopicPartition, ErrorCode>& codes, ErrorCode whole,
    const std::vector<std::string>& unknown
) {
    std::size_t width = 15;
    for (const TopicPartition& partition : partitions) {
        width = std::max(width, partition.topic.size());
    }
    for (const std::string& topic : unknown) {
        width = std::max(width, topic.size());
    }
    std::string text = fmt::format("\n{:<{}} {:<10} {:<15}", "TOPIC", width, "PARTITION", "STATUS");
    const auto add = [&](const std::string& topic, const std::string& partition, ErrorCode code) {
        const std::string status =
            code == ErrorCode::none ? "Successful"
                                    : fmt::format("Error: {}: {}", java_exception(code), words_of(code, std::nullopt));
        text += fmt::format("\n{:<{}} {:<10} {:<15}", topic, width, partition, status);
    };
    for (const TopicPartition& partition : partitions) {
        const auto found = codes.find(partition);
        add(partition.topic, std::to_string(partition.partition.value), found == codes.end() ? whole : found->second);
    }
    for (const std::string& topic : unknown) {
        add(topic, "-", ErrorCode::unknown_topic_or_partition);
    }
    return text + '\n';
}

Done delete_offsets(ToolSession& session, const Arguments& arguments) {
    const std::string group = *arguments.value("group");
    std::vector<std::string> unknown;
    auto partitions = find_partitions(session, arguments.values("topic"), &unknown);
    if (!partitions) {
        return std::unexpected(partitions.error());
    }
    std::ranges::sort(*partitions);
    OffsetDeleteRequest request;
    request.group_id = group;
    for (const TopicPartition& partition : *partitions) {
        if (request.topics.empty() || request.topics.back().name != partition.topic) {
            request.topics.emplace_back().name = partition.topic;
        }
        request.topics.back().partitions.emplace_back().partition_index = partition.partition.value;
    }
    const auto reply =
        session.wait(session.cluster().ask_coordinator<OffsetDeleteResponse>(CoordinatorKind::group, group, request));
    if (!reply) {
        return failed(reply.error());
    }
    ErrorCode whole = reply->message.error_code;
    std::map<TopicPartition, ErrorCode> codes;
    for (const auto& topic : reply->message.topics) {
        for (const auto& row : topic.partitions) {
            codes[{topic.name, {row.partition_index}}] = row.error_code;
            whole = whole == ErrorCode::none ? row.error_code : whole;
        }
    }
    if (whole == ErrorCode::none) {
        print(fmt::format("Request succeeded for deleting offsets from group {}.\n", group));
    } else {
        print_error(deletion_words(whole));
    }
    print(deletion_table(*partitions, codes, whole, unknown));
    return {};
}

/// Sets the offsets of one group; nothing when it has active members.
std::expected<NewOffsets, std::string> reset_one(
    ToolSession& session, const Arguments& arguments, const std::string& id
) {
    const auto group = describe_group(session, id);
    const bool missing = !group && group.error().code == ErrorCode::group_id_not_found;
    if (!group && !missing) {
        return failed(group.error());
    }
    if (group && group->state != "Empty" && group->state != "Dead") {
        print_error(fmt::format(
            "Assignments can only be reset if the group '{}' is inactive, but the current state is {}.", id,
            group->state
        ));
        return NewOffsets();
    }
    auto plan = plan_reset(session, arguments, id);
    if (!plan || !arguments.has("execute")) {
        return plan;
    }
    std::map<TopicPartition, FetchedOffset> offsets;
    for (const auto& [partition, offset] : *plan) {
        offsets[partition] = {offset, no_leader_epoch, ""};
    }
    const auto outcomes = session.wait(commit_offsets(session.cluster(), {.group = id, .member_id = ""}, offsets));
    if (!outcomes) {
        return failed(outcomes.error());
    }
    for (const auto& [partition, code] : *outcomes) {
        if (code != ErrorCode::none) {
            return std::unexpected(fmt::format("{}: {}", partition.text(), words_of(code, std::nullopt)));
        }
    }
    return plan;
}

Done reset(ToolSession& session, const Arguments& arguments) {
    const auto names = chosen_groups(session, arguments);
    if (!names) {
        return std::unexpected(names.error());
    }
    std::vector<std::pair<std::string, NewOffsets>> groups;
    for (const std::string& name : *names) {
        auto plan = reset_one(session, arguments, name);
        if (!plan) {
            return std::unexpected(plan.error());
        }
        groups.emplace_back(name, *std::move(plan));
    }
    print(
        arguments.has("export") ? render_csv(groups, arguments.values("group").size() != 1) : render_new_offsets(groups)
    );
    return {};
}

std::string fault(const Arguments& arguments) {
    if (!arguments.has("bootstrap-server")) {
        return "Missing required argument \"[bootstrap-server]\"";
    }
    const bool chosen = arguments.has("group") || arguments.has("all-groups");
    if (!arguments.is("list") && !arguments.is("delete-offsets") && !chosen) {
        return fmt::format("Option [{}] takes one of these options: [group], [all-groups]", arguments.action());
    }
    if (arguments.is("describe") && arguments.value("state")) {
        return "Option [describe] does not take a value for [state]";
    }
    if (arguments.is("delete-offsets") && (!arguments.has("group") || !arguments.has("topic"))) {
        return "Option [delete-offsets] takes the following options: [group], [topic]";
    }
    if (!arguments.is("reset-offsets")) {
        return {};
    }
    if (!arguments.has("topic") && !arguments.has("all-topics") && !arguments.has("from-file")) {
        return "One of the reset scopes should be defined: --all-topics, --topic.";
    }
    const bool specified =
        std::ranges::any_of(split(other_resets, ' '), [&](const auto& each) { return arguments.has(each); });
    return specified
               ? ""
               : fmt::format("Option '[reset-offsets]' requires one of the following scenarios: {}", other_resets);
}

int run(const Arguments& arguments) {
    if (arguments.is("validate-regex")) {
        const std::string regex = *arguments.value("validate-regex");
        const std::string why = regex_fault(regex);
        print(
            why.empty() ? fmt::format("The regular expression `{}` is valid.\n", regex)
                        : fmt::format("The regular expression `{}` is invalid: {}.\n", regex, why)
        );
        return 0;
    }
    if (const std::string words = fault(arguments); !words.empty()) {
        return complain(words);
    }
    if (arguments.is("reset-offsets") && !arguments.has("dry-run") && !arguments.has("execute")) {
        complain(
            "WARN: Nothing is changed, as --execute is missing. Say --dry-run or --execute: from version 5.0 on, "
            "one of them must be there."
        );
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    (*session)->cluster().limit_time(std::chrono::milliseconds(arguments.number("timeout").value_or(30'000)));
    const auto done = arguments.is("list")             ? list(**session, arguments)
                      : arguments.is("describe")       ? describe(**session, arguments)
                      : arguments.is("delete")         ? remove(**session, arguments)
                      : arguments.is("delete-offsets") ? delete_offsets(**session, arguments)
                                                       : reset(**session, arguments);
    if (!done && done.error().empty()) {
        return 1;
    }
    if (!done) {
        print_error("Executing consumer group command failed due to " + done.error());
    }
    return 0;
}

}  // namespace consumer_groups_command

const Tool consumer_groups_tool{
    {.tool = "consumer-groups",
     .purpose = "List, describe and delete consumer groups, and set or delete their offsets.",
     .flags = consumer_groups_command::flags,
     .actions = "list describe delete reset-offsets delete-offsets validate-regex"},
    consumer_groups_command::run
};

}  // namespace barnabas
