#include "client/partitioner.h"

#include <gtest/gtest.h>

#include <set>

namespace barnabas {

namespace {

std::int32_t hash_of(std::string_view text) {
    return murmur2(as_bytes(text));
}

}  // namespace

TEST(Partitioner, HashesKeysAsTheJavaClientDoes) {
    EXPECT_EQ(hash_of("21"), -973932308);
    EXPECT_EQ(hash_of("foobar"), -790332482);
    EXPECT_EQ(hash_of("a-little-bit-long-string"), -985981536);
    EXPECT_EQ(hash_of("a-little-bit-longer-string"), -1486304829);
    EXPECT_EQ(hash_of("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
    EXPECT_EQ(hash_of("abc"), 479470107);
}

TEST(Partitioner, PutsAKeyIntoTheSamePartitionEveryTime) {
    EXPECT_EQ(partition_of_key(as_bytes("21"), 10), PartitionId{(-973932308 & INT32_MAX) % 10});
    EXPECT_EQ(partition_of_key(as_bytes("21"), 1), PartitionId{0});
}

TEST(Partitioner, StaysWithAPartitionUntilABatchIsFull) {
    StickyPartitioner sticky(Random(1), 100);
    const std::vector<PartitionId> available{{0}, {1}, {2}, {3}};
    const PartitionId first = sticky.choose("t", available, 60);
    EXPECT_EQ(sticky.choose("t", available, 60), first);
    std::set<PartitionId> later;
    for (int i = 0; i < 100; ++i) {
        later.insert(sticky.choose("t", available, 100));
    }
    EXPECT_EQ(later.size(), available.size());
}

TEST(Partitioner, LeavesAPartitionThatHasLostItsLeader) {
    StickyPartitioner sticky(Random(1), 1'000'000);
    const PartitionId first = sticky.choose("t", std::vector<PartitionId>{{0}, {1}}, 1);
    const PartitionId other{1 - first.value};
    EXPECT_EQ(sticky.choose("t", std::vector{other}, 1), other);
}

}  // namespace barnabas
