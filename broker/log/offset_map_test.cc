#include "log/offset_map.h"

#include <gtest/gtest.h>

#include <map>

#include "common/random.h"

namespace barnabas {
namespace {

TEST(OffsetMap, KnowsTheNewestOffsetOfEachKey) {
    OffsetMap map(10, 0.5, {1, 2});
    ASSERT_TRUE(map.put(as_bytes("a"), {1}));
    ASSERT_TRUE(map.put(as_bytes("b"), {2}));
    ASSERT_TRUE(map.put(as_bytes("a"), {3}));
    EXPECT_EQ(map.find(as_bytes("a")), Offset{3});
    EXPECT_EQ(map.find(as_bytes("b")), Offset{2});
    EXPECT_EQ(map.find(as_bytes("c")), std::nullopt);
    EXPECT_EQ(map.size(), 2u);
}

TEST(OffsetMap, WhenFullTakesOnlyKeysThatItHas) {
    OffsetMap map(2, 1.0, {1, 2});
    ASSERT_TRUE(map.put(as_bytes("a"), {1}));
    ASSERT_TRUE(map.put(as_bytes("b"), {2}));
    EXPECT_FALSE(map.put(as_bytes("c"), {3}));
    EXPECT_TRUE(map.put(as_bytes("a"), {4}));
    EXPECT_EQ(map.find(as_bytes("c")), std::nullopt);
}

TEST(OffsetMap, TheEmptyKeyIsAKey) {
    OffsetMap map(1, 1.0, {1, 2});
    ASSERT_TRUE(map.put({}, {7}));
    EXPECT_EQ(map.find({}), Offset{7});
}

TEST(OffsetMap, FitsIntoTheMemoryItIsGiven) {
    EXPECT_EQ(OffsetMap::keys_in(0, 0.9), 0u);
    EXPECT_EQ(OffsetMap::keys_in(24 * 1001, 0.9), 900u);
}

TEST(OffsetMap, AgreesWithAnOrdinaryMapUnderALoadThatFillsIt) {
    Random random(1);
    OffsetMap map(500, 0.9, {3, 4});
    std::map<std::string, Offset> model;
    for (std::int64_t i = 0; i < 20'000; ++i) {
        const std::string key = std::to_string(random.below(600));
        if (map.put(as_bytes(key), {i})) {
            model[key] = {i};
        }
    }
    EXPECT_EQ(map.size(), 500u);
    for (const auto& [key, offset] : model) {
        EXPECT_EQ(map.find(as_bytes(key)), offset);
    }
}

}  // namespace
}  // namespace barnabas
