#include "cli/group_tables.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

GroupDescription group() {
    GroupDescription description;
    description.id = "clig";
    description.state = "Stable";
    description.assignor = "range";
    description.coordinator = 1;
    description.coordinator_endpoint = {"127.0.0.1", 29092};
    MemberDescription& member = description.members.emplace_back();
    member.id = "console-consumer-55a5493f-d660-4e7e-ba19-b5cc635c4c65";
    member.host = "/127.0.0.1";
    member.client_id = "console-consumer";
    member.assignment = {{"cli1", {1}}, {"cli1", {0}}, {"other", {2}}};
    return description;
}

}  // namespace

TEST(GroupTables, Offsets) {
    GroupOffsetRow row;
    row.partition = {"cli1", {1}};
    row.current = Offset{898};
    row.log_end = Offset{1001};
    row.leader_epoch = LeaderEpoch{0};
    GroupOffsetRow without;
    without.partition = {"cli1", {2}};
    EXPECT_EQ(
        render_offsets("clie", {row, without}, false),
        "\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     "
        "HOST            CLIENT-ID"
        "\nclie            cli1            1          898             1001            103             -               "
        "-               -"
        "\nclie            cli1            2          -               -               -               -               "
        "-               -\n"
    );
    EXPECT_NE(render_offsets("clie", {row}, true).find("PARTITION  LEADER-EPOCH    CURRENT-OFFSET"), std::string::npos);
}

TEST(GroupTables, Members) {
    EXPECT_EQ(
        render_members(group(), false),
        "\nGROUP           CONSUMER-ID                                           HOST            CLIENT-ID        "
        "#PARTITIONS     "
        "\nclig            console-consumer-55a5493f-d660-4e7e-ba19-b5cc635c4c65 /127.0.0.1      console-consumer 3    "
        "           \n"
    );
    const std::string verbose = render_members(group(), true);
    EXPECT_NE(
        verbose.find(" -               cli1:0,1;other:2     -               -                   \n"), verbose.npos
    );
    GroupDescription with_static = group();
    with_static.members.front().instance_id = "one";
    EXPECT_NE(render_members(with_static, false).find(" GROUP-INSTANCE-ID HOST "), std::string::npos);
}

TEST(GroupTables, State) {
    EXPECT_EQ(
        render_state(group(), false),
        "\nGROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS"
        "\nclig            127.0.0.1:29092  (1)      range                Stable               1\n"
    );
    EXPECT_EQ(
        render_state(group(), true),
        "\nGROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                GROUP-EPOCH     "
        "TARGET-ASSIGNMENT-EPOCH   #MEMBERS"
        "\nclig            127.0.0.1:29092  (1)      range                Stable               -               -       "
        "                  1\n"
    );
}

TEST(GroupTables, Lists) {
    EXPECT_EQ(
        render_group_list({{"simple10", "Classic", "Empty"}}, true, true),
        "GROUP                     TYPE                 STATE               \n"
        "simple10                  Classic              Empty               \n"
    );
}

TEST(GroupTables, NewOffsets) {
    const std::vector<std::pair<std::string, NewOffsets>> groups{{"clie", {{{"cli1", {2}}, Offset{7}}}}};
    EXPECT_EQ(
        render_new_offsets(groups),
        "\nGROUP           TOPIC           PARTITION  NEW-OFFSET\nclie            cli1            2          7\n"
    );
    EXPECT_EQ(render_csv(groups, false), "cli1,2,7\n\n");
    EXPECT_EQ(render_csv(groups, true), "clie,cli1,2,7\n\n");
}

TEST(GroupTables, ErrorsHaveTheNamesOfJavasExceptions) {
    EXPECT_EQ(java_exception(ErrorCode::group_id_not_found), "org.apache.kafka.common.errors.GroupIdNotFoundException");
    EXPECT_EQ(
        java_exception(ErrorCode::invalid_topic_exception), "org.apache.kafka.common.errors.InvalidTopicException"
    );
}

}  // namespace barnabas
