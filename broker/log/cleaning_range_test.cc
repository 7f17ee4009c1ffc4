#include "log/cleaning_range.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp now{1'000'000s};

/// Segments of 100 bytes from offsets 0, 100, 200, 300; the last is active. All stable, nothing cleaned so far.
CleanerLog four_segments() {
    CleanerLog log{.log_start = {0}, .log_end = {350}, .last_stable = {350}};
    for (std::int64_t base = 0; base < 400; base += 100) {
        log.segments.push_back({.base_offset = {base}, .bytes = 100, .largest_timestamp = now - 400s + base * 1s});
    }
    return log;
}

TEST(CleaningRange, EndsAtTheActiveSegment) {
    const CleaningRange range = cleaning_range(four_segments(), now);
    EXPECT_EQ(range.first_dirty, Offset{0});
    EXPECT_EQ(range.first_uncleanable, Offset{300});
    EXPECT_EQ(range.cleanable_bytes, 300);
    EXPECT_EQ(range.dirty_ratio(), 1.0);
}

TEST(CleaningRange, EndsBeforeTheSegmentWithTheLastStableOffset) {
    CleanerLog log = four_segments();
    log.last_stable = {150};
    EXPECT_EQ(cleaning_range(log, now).first_uncleanable, Offset{100});
    log.last_stable = {0};
    EXPECT_EQ(cleaning_range(log, now).first_uncleanable, Offset{0});
    EXPECT_FALSE(cleaning_range(log, now).due());
}

TEST(CleaningRange, EndsBeforeTheFirstSegmentYoungerThanTheLag) {
    CleanerLog log = four_segments();
    log.min_compaction_lag = 250s;
    EXPECT_EQ(cleaning_range(log, now).first_uncleanable, Offset{200});
    log.min_compaction_lag = std::chrono::milliseconds::max();
    EXPECT_EQ(cleaning_range(log, now).first_uncleanable, Offset{0});
}

TEST(CleaningRange, StartsWhereTheLastCleaningEnded) {
    CleanerLog log = four_segments();
    log.checkpoint = Offset{200};
    const CleaningRange range = cleaning_range(log, now);
    EXPECT_EQ(range.first_dirty, Offset{200});
    EXPECT_EQ(range.clean_bytes, 200);
    EXPECT_EQ(range.cleanable_bytes, 100);
    EXPECT_FALSE(range.due());
    log.min_dirty_ratio = 0.3;
    EXPECT_TRUE(cleaning_range(log, now).due());
}

TEST(CleaningRange, CountsASegmentThatWasCleanedInPartAsDirty) {
    CleanerLog log = four_segments();
    log.checkpoint = Offset{150};
    const CleaningRange range = cleaning_range(log, now);
    EXPECT_EQ(range.clean_bytes, 100);
    EXPECT_EQ(range.cleanable_bytes, 200);
}

TEST(CleaningRange, NothingIsDirtyWhenAllButTheActiveSegmentIsClean) {
    CleanerLog log = four_segments();
    log.checkpoint = Offset{300};
    EXPECT_EQ(cleaning_range(log, now).cleanable_bytes, 0);
    log.checkpoint = Offset{320};  // the active segment may have been emptied by a truncation
    EXPECT_EQ(cleaning_range(log, now).cleanable_bytes, 0);
}

TEST(CleaningRange, StartsOverWhenTheCheckpointLiesOutsideOfTheLog) {
    CleanerLog log = four_segments();
    log.checkpoint = Offset{351};
    EXPECT_TRUE(cleaning_range(log, now).checkpoint_invalid);
    EXPECT_EQ(cleaning_range(log, now).first_dirty, Offset{0});
    log.log_start = {100};
    log.segments.erase(log.segments.begin());
    log.checkpoint = Offset{50};
    EXPECT_TRUE(cleaning_range(log, now).checkpoint_invalid);
    EXPECT_EQ(cleaning_range(log, now).first_dirty, Offset{100});
}

TEST(CleaningRange, IsOverdueOnceADirtyRecordIsOlderThanTheLongestLag) {
    CleanerLog log = four_segments();
    log.checkpoint = Offset{200};
    log.max_compaction_lag = 100s;
    log.segments[2].first_timestamp = now - 100s;
    EXPECT_FALSE(cleaning_range(log, now).due());
    EXPECT_TRUE(cleaning_range(log, now + 1s).due());
}

TEST(Filthiest, IsTheLogWithTheGreatestDirtyRatioOfThoseThatAreDue) {
    const std::vector<CleaningRange> ranges{
        {.clean_bytes = 10, .cleanable_bytes = 90, .min_dirty_ratio = 0.95},
        {.clean_bytes = 40, .cleanable_bytes = 60, .min_dirty_ratio = 0.5},
        {.clean_bytes = 30, .cleanable_bytes = 70, .min_dirty_ratio = 0.5},
    };
    EXPECT_EQ(filthiest(ranges), 2u);
    EXPECT_EQ(filthiest({ranges[0]}), std::nullopt);
    EXPECT_EQ(filthiest({}), std::nullopt);
}

std::vector<std::size_t> group_sizes(const std::vector<CleanerSegment>& segments, Offset end, SegmentLimits limits) {
    std::vector<std::size_t> sizes;
    for (const auto& group : group_segments(segments, end, limits)) {
        sizes.push_back(group.size());
    }
    return sizes;
}

TEST(GroupSegments, JoinsNeighboursThatFitIntoOneSegment) {
    const std::vector<CleanerSegment> segments = four_segments().segments;
    EXPECT_EQ(group_sizes(segments, {400}, {300, 1000}), (std::vector<std::size_t>{3, 1}));
    EXPECT_EQ(group_sizes(segments, {400}, {400, 1000}), (std::vector<std::size_t>{4}));
    EXPECT_EQ(group_sizes(segments, {400}, {50, 1000}), (std::vector<std::size_t>{1, 1, 1, 1}));
}

TEST(GroupSegments, KeepsIndexesAndOffsetsWithinTheirBounds) {
    std::vector<CleanerSegment> segments = four_segments().segments;
    segments[0].offset_index_bytes = segments[1].offset_index_bytes = 60;
    segments[2].time_index_bytes = segments[3].time_index_bytes = 60;
    EXPECT_EQ(group_sizes(segments, {400}, {1000, 100}), (std::vector<std::size_t>{1, 2, 1}));
    EXPECT_EQ(group_sizes(segments, {(std::int64_t{1} << 31) + 250}, {1000, 1000}), (std::vector<std::size_t>{3, 1}));
}

}  // namespace
}  // namespace barnabas
