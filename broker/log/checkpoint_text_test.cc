#include "log/checkpoint_text.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(CheckpointText, IsWhatApacheWrites) {
    EXPECT_EQ(
        partition_offsets_text({{{"plain", {1}}, {750}}, {{"txn", {0}}, {755}}}), "0\n2\nplain 1 750\ntxn 0 755\n"
    );
    EXPECT_EQ(partition_offsets_text({}), "0\n0\n");
}

TEST(CheckpointText, ReadsWhatItWrites) {
    const PartitionOffsets offsets{{{"a", {0}}, {0}}, {{"a.b_c-d", {12}}, {std::int64_t{1} << 40}}};
    EXPECT_EQ(parse_partition_offsets(partition_offsets_text(offsets)), offsets);
}

TEST(CheckpointText, AnEmptyFileHasNoRows) {
    EXPECT_EQ(parse_partition_offsets(""), PartitionOffsets());
}

TEST(CheckpointText, NamesTheLineThatIsWrong) {
    const auto line = [](std::string_view text) { return parse_partition_offsets(text).error().line; };
    EXPECT_EQ(line("1\n0\n"), 1);
    EXPECT_EQ(line("zero\n0\n"), 1);
    EXPECT_EQ(line("0\n"), 2);
    EXPECT_EQ(line("0\n-1\n"), 2);
    EXPECT_EQ(line("0\n1\na 0\n"), 3);
    EXPECT_EQ(line("0\n1\n 0 5\n"), 3);
    EXPECT_EQ(line("0\n2\na 0 5\na 1 -5\n"), 4);
    EXPECT_EQ(line("0\n2\na 0 5\na 1 5 5\n"), 4);
}

TEST(CheckpointText, ATextThatStopsEarlyIsAFaultWhereverItStops) {
    const std::string whole = partition_offsets_text({{{"a", {0}}, {100}}, {{"b", {1}}, {200}}});
    for (std::size_t size = 1; size < whole.size(); ++size) {
        EXPECT_FALSE(parse_partition_offsets(std::string_view(whole).substr(0, size))) << size;
    }
}

TEST(CheckpointText, MoreRowsThanPromisedIsAFault) {
    EXPECT_EQ(parse_partition_offsets("0\n0\na 0 5\n").error(), (CheckpointFault{3, "1 rows where 0 were promised"}));
}

}  // namespace
}  // namespace barnabas
