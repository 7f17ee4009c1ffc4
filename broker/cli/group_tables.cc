#include "cli/group_tables.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas {

namespace {

using Row = std::vector<std::string>;

/// Rows under their header; every column is as wide as its width says and its widest cell, the last one as it is where
/// its width is 0. Each row begins with `before` and ends with `after`.
std::string table(
    std::vector<Row> rows, std::vector<std::size_t> widths, std::string_view before, std::string_view after
) {
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = widths[i] == 0 ? 0 : std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const Row& row : rows) {
        text += before;
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += (i == 0 ? "" : " ") + fmt::format("{:<{}}", row[i], widths[i]);
        }
        text += after;
    }
    return text;
}

template <class Number>
std::string number_or_dash(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : "-";
}
std::string number_or_dash(const std::optional<Offset>& offset) {
    return offset ? std::to_string(offset->value) : "-";
}
std::string number_or_dash(const std::optional<LeaderEpoch>& epoch) {
    return epoch && *epoch != no_leader_epoch ? std::to_string(epoch->value) : "-";
}

/// "orders:0,1;users:2"
std::string assignment_text(const std::vector<TopicPartition>& partitions) {
    std::map<std::string, std::vector<std::int32_t>> by_topic;
    for (const TopicPartition& each : partitions) {
        by_topic[each.topic].push_back(each.partition.value);
    }
    std::string text;
    for (auto& [topic, numbers] : by_topic) {
        std::ranges::sort(numbers);
        text += fmt::format("{}{}:{}", text.empty() ? "" : ";", topic, fmt::join(numbers, ","));
    }
    return text.empty() ? "-" : text;
}

}  // namespace

std::string render_group_list(const std::vector<GroupListing>& groups, bool type, bool state) {
    std::size_t widest = 15;
    std::vector<Row> rows{{"GROUP"}};
    std::vector<std::size_t> widths{0};
    for (const auto& [wanted, title] : {std::pair(type, "TYPE"), std::pair(state, "STATE")}) {
        if (wanted) {
            rows.front().emplace_back(title);
            widths.push_back(20);
        }
    }
    for (const GroupListing& group : groups) {
        widest = std::max(widest, group.id.size());
        Row& row = rows.emplace_back(Row{group.id});
        if (type) {
            row.push_back(group.type);
        }
        if (state) {
            row.push_back(group.state);
        }
    }
    widths.front() = widest + 10;
    return table(std::move(rows), std::move(widths), "", "\n");
}

std::string render_offsets(const std::string& group, const std::vector<GroupOffsetRow>& rows, bool verbose) {
    std::vector<Row> lines{{"GROUP", "TOPIC", "PARTITION"}};
    std::vector<std::size_t> widths{15, 15, 10};
    if (verbose) {
        lines.front().emplace_back("LEADER-EPOCH");
        widths.push_back(15);
    }
    for (const char* title : {"CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID", "HOST", "CLIENT-ID"}) {
        lines.front().emplace_back(title);
        widths.push_back(15);
    }
    widths.back() = 0;
    for (const GroupOffsetRow& row : rows) {
        const auto lag = row.current && row.log_end ? std::optional(*row.log_end - *row.current) : std::nullopt;
        Row& line = lines.emplace_back(
            Row{group, row.partition ? row.partition->topic : "-",
                row.partition ? std::to_string(row.partition->partition.value) : "-"}
        );
        if (verbose) {
            line.push_back(number_or_dash(row.leader_epoch));
        }
        for (std::string cell :
             {number_or_dash(row.current), number_or_dash(row.log_end), number_or_dash(lag), row.consumer, row.host,
              row.client}) {
            line.push_back(std::move(cell));
        }
    }
    return table(std::move(lines), std::move(widths), "\n", "") + '\n';
}

std::string render_members(const GroupDescription& group, bool verbose) {
    const auto& members = group.members;
    const bool instances = std::ranges::any_of(members, [](const auto& each) { return each.instance_id.has_value(); });
    const bool upgraded = std::ranges::any_of(members, [](const auto& each) { return each.upgraded == false; });
    std::vector<Row> rows{{"GROUP", "CONSUMER-ID"}};
    std::vector<std::size_t> widths{15, 15};
    const auto column = [&](const char* title, std::size_t width) {
        rows.front().emplace_back(title);
        widths.push_back(width);
    };
    if (instances) {
        column("GROUP-INSTANCE-ID", 17);
    }
    column("HOST", 15);
    column("CLIENT-ID", 15);
    column("#PARTITIONS", 15);
    if (verbose) {
        column("CURRENT-EPOCH", 15);
        column("CURRENT-ASSIGNMENT", 20);
        column("TARGET-EPOCH", 15);
        column("TARGET-ASSIGNMENT", 20);
        if (upgraded) {
            column("UPGRADED", 0);
        }
    }
    for (const MemberDescription& member : members) {
        Row& row = rows.emplace_back(Row{group.id, member.id});
        if (instances) {
            row.push_back(member.instance_id.value_or(""));
        }
        row.insert(row.end(), {member.host, member.client_id, std::to_string(member.assignment.size())});
        if (verbose) {
            row.insert(
                row.end(), {number_or_dash(member.epoch), assignment_text(member.assignment),
                            number_or_dash(member.target_epoch), assignment_text(member.target)}
            );
            if (upgraded) {
                row.emplace_back(member.upgraded.value_or(true) ? "true" : "false");
            }
        }
    }
    return table(std::move(rows), std::move(widths), "\n", verbose ? "" : " ") + '\n';
}

std::string render_state(const GroupDescription& group, bool verbose) {
    std::vector<Row> rows{{"GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE"}};
    std::vector<std::size_t> widths{15, 25, 20, 20};
    Row row{
        group.id,
        fmt::format("{}:{}  ({})", group.coordinator_endpoint.host, group.coordinator_endpoint.port, group.coordinator),
        group.assignor.empty() ? "-" : group.assignor, group.state
    };
    if (verbose) {
        rows.front().insert(rows.front().end(), {"GROUP-EPOCH", "TARGET-ASSIGNMENT-EPOCH"});
        row.insert(row.end(), {number_or_dash(group.epoch), number_or_dash(group.target_epoch)});
        widths.insert(widths.end(), {15, 25});
    }
    rows.front().emplace_back("#MEMBERS");
    row.push_back(std::to_string(group.members.size()));
    widths.push_back(0);
    rows.push_back(std::move(row));
    return table(std::move(rows), std::move(widths), "\n", "") + '\n';
}

std::string render_new_offsets(const std::vector<std::pair<std::string, NewOffsets>>& groups) {
    std::vector<Row> rows{{"GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"}};
    for (const auto& [group, offsets] : groups) {
        for (const auto& [partition, offset] : offsets) {
            rows.push_back(
                {group, partition.topic, std::to_string(partition.partition.value), std::to_string(offset.value)}
            );
        }
    }
    return (groups.empty() ? "" : table(std::move(rows), {15, 15, 10, 0}, "\n", "")) + '\n';
}

std::string render_csv(const std::vector<std::pair<std::string, NewOffsets>>& groups, bool with_group) {
    std::string text;
    for (const auto& [group, offsets] : groups) {
        for (const auto& [partition, offset] : offsets) {
            text += with_group ? group + ',' : "";
            text += fmt::format("{},{},{}\n", partition.topic, partition.partition.value, offset.value);
        }
    }
    return text + '\n';
}

}  // namespace barnabas
