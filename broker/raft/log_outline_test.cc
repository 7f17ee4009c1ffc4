#include "raft/log_outline.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

using Relation = LogOutline::Relation;

/// Epoch 1 from 0, epoch 3 from 10, ends at 20.
LogOutline outline() {
    LogOutline log;
    log.append({1}, {10});
    log.append({3}, {20});
    return log;
}

TEST(LogOutline, KnowsWhereItEnds) {
    EXPECT_EQ(LogOutline().last(), LogPoint{});
    EXPECT_EQ(outline().last(), (LogPoint{{3}, {20}}));
}

TEST(LogOutline, KnowsWhereAnEpochOrTheOneBeforeItEnds) {
    EXPECT_EQ(outline().end_of({1}), (LogPoint{{1}, {10}}));
    EXPECT_EQ(outline().end_of({2}), (LogPoint{{1}, {10}}));
    EXPECT_EQ(outline().end_of({3}), (LogPoint{{3}, {20}}));
    EXPECT_EQ(outline().end_of({9}), (LogPoint{{3}, {20}}));
}

TEST(LogOutline, TellsAPrefixFromADivergingLog) {
    EXPECT_EQ(outline().relation({}), Relation::prefix);
    EXPECT_EQ(outline().relation({{1}, {7}}), Relation::prefix);
    EXPECT_EQ(outline().relation({{3}, {20}}), Relation::prefix);
    EXPECT_EQ(outline().relation({{1}, {12}}), Relation::diverges) << "epoch 1 ended at 10 here";
    EXPECT_EQ(outline().relation({{2}, {12}}), Relation::diverges);
    EXPECT_EQ(outline().relation({{3}, {21}}), Relation::diverges);
}

TEST(LogOutline, SendsAFetcherThatIsTooFarBehindToASnapshot) {
    LogOutline log = outline();
    log.add_snapshot({{3}, {15}});
    EXPECT_EQ(log.relation({{1}, {7}}), Relation::too_old) << "its epoch is older than the snapshot's";
    log.drop_before({15});
    EXPECT_EQ(log.relation({}), Relation::too_old);
    EXPECT_EQ(log.relation({{3}, {14}}), Relation::too_old);
    EXPECT_EQ(log.relation({{3}, {15}}), Relation::prefix);
    EXPECT_EQ(log.relation({{4}, {15}}), Relation::too_old);
}

TEST(LogOutline, FindsWhereTwoLogsPart) {
    EXPECT_EQ(outline().common_end({{3}, {12}}), Offset{12});
    EXPECT_EQ(outline().common_end({{2}, {15}}), Offset{10}) << "of epoch 2 it has nothing";
    EXPECT_EQ(outline().common_end({{1}, {4}}), Offset{4});
}

TEST(LogOutline, ForgetsWhatIsTruncated) {
    LogOutline log = outline();
    log.truncate({10});
    EXPECT_EQ(log.last(), (LogPoint{{1}, {10}}));
}

TEST(LogOutline, BeginsAnewBehindASnapshot) {
    LogOutline log = outline();
    log.restart({{5}, {100}});
    EXPECT_EQ(log.start(), Offset{100});
    EXPECT_EQ(log.last(), (LogPoint{{5}, {100}}));
    EXPECT_EQ(log.relation({{5}, {100}}), Relation::prefix);
}

}  // namespace
}  // namespace barnabas
