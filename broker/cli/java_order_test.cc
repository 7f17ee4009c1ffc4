#include "cli/java_order.h"

#include <gmock/gmock.h>

namespace barnabas {

namespace {

using testing::ElementsAre;

std::vector<std::string> ordered(std::vector<std::string> names, std::size_t capacity = 16) {
    return java_hash_order(std::move(names), [](const std::string& name) { return java_hash(name); }, capacity);
}

}  // namespace

TEST(JavaOrder, IsThatOfAHashMap) {
    EXPECT_THAT(
        ordered({"clie", "clig", "console-consumer-18294", "simple10", "simple2"}),
        ElementsAre("console-consumer-18294", "simple10", "clig", "clie", "simple2")
    );
}

TEST(JavaOrder, PartitionsHashAsInJava) {
    const std::vector<TopicPartition> partitions{{"cli1", {0}}, {"cli1", {1}}, {"cli1", {2}}};
    const auto hash = [](const TopicPartition& partition) { return java_hash(partition); };
    const auto order = java_hash_order(partitions, hash);
    EXPECT_THAT(order, ElementsAre(partitions[0], partitions[2], partitions[1]));
}

TEST(JavaOrder, ATableGrowsWhenItIsThreeQuartersFull) {
    std::vector<std::string> names;
    for (char letter = 'a'; letter < 'a' + 13; ++letter) {
        names.emplace_back(1, letter);
    }
    // 13 entries take 32 buckets: 'a' (97) is in the first, 'm' (109) in the thirteenth.
    EXPECT_EQ(ordered(names).front(), "a");
    EXPECT_EQ(ordered({"p", "a"}, 2), (std::vector<std::string>{"p", "a"}));
}

}  // namespace barnabas
