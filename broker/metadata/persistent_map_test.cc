#include "metadata/persistent_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace barnabas {
namespace {

using Map = PersistentMap<int, std::string>;

std::map<int, std::string> contents(const Map& map) {
    std::map<int, std::string> all;
    for (const auto& [key, value] : map) {
        all.emplace(key, value);
    }
    return all;
}

TEST(PersistentMap, LeavesTheOldMapAsItWas) {
    const Map one = Map().with(1, "a");
    const Map two = one.with(2, "b").with(1, "c");
    EXPECT_EQ(contents(one), (std::map<int, std::string>{{1, "a"}}));
    EXPECT_EQ(contents(two), (std::map<int, std::string>{{1, "c"}, {2, "b"}}));
    EXPECT_EQ(contents(two.without(1)), (std::map<int, std::string>{{2, "b"}}));
    EXPECT_EQ(two.size(), 2u);
}

TEST(PersistentMap, IsTheSameMapWithoutAKeyItDoesNotHave) {
    const Map one = Map().with(1, "a");
    EXPECT_TRUE(one.same_as(one.without(2)));
    EXPECT_FALSE(one.same_as(one.with(2, "b")));
}

TEST(PersistentMap, IteratesInTheOrderOfTheKeysFromAnyKey) {
    Map map;
    for (const int key : {50, 10, 40, 20, 30}) {
        map = map.with(key, "");
    }
    std::vector<int> keys;
    for (auto it = map.lower_bound(15); it != map.end(); ++it) {
        keys.push_back(it->key);
    }
    EXPECT_EQ(keys, (std::vector{20, 30, 40, 50}));
    EXPECT_EQ(map.lower_bound(51), map.end());
    EXPECT_EQ(map.lower_bound(50)->key, 50);
}

TEST(PersistentMap, IsAsAStandardMapUnderRandomChanges) {
    std::mt19937 random(7);
    Map map;
    std::map<int, std::string> model;
    for (int step = 0; step < 20000; ++step) {
        const int key = static_cast<int>(random() % 500);
        if (random() % 3 == 0) {
            map = map.without(key);
            model.erase(key);
        } else {
            map = map.with(key, std::to_string(step));
            model[key] = std::to_string(step);
        }
        ASSERT_EQ(map.size(), model.size());
        if (step % 1000 == 0) {
            ASSERT_EQ(contents(map), model);
        }
    }
    ASSERT_EQ(contents(map), model);
}

TEST(PersistentMap, StaysShallowWhenKeysComeInOrder) {
    Map map;
    for (int key = 0; key < 10000; ++key) {
        map = map.with(key, "");
    }
    // The way to the first entry is as long as the tree is deep on that side; a list would take forever to build.
    EXPECT_EQ(map.size(), 10000u);
    EXPECT_EQ(map.begin()->key, 0);
    EXPECT_NE(map.find(9999), nullptr);
}

}  // namespace
}  // namespace barnabas
