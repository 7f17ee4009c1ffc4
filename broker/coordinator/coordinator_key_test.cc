#include "coordinator/coordinator_key.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(CoordinatorKey, FindsTheSamePartitionAsKafka) {
    EXPECT_EQ(partition_for_key("", 50), PartitionId{0});
    EXPECT_EQ(partition_for_key("polygenelubricants", 50), PartitionId{0});
    EXPECT_EQ(partition_for_key("simple10", 50), PartitionId{23});
    EXPECT_EQ(partition_for_key("badinst", 50), PartitionId{35});
    EXPECT_EQ(partition_for_key("payments-consumer-group", 50), PartitionId{0});
}

}  // namespace
}  // namespace barnabas
