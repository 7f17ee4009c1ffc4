#include "log/producer_state.h"

#include <gtest/gtest.h>

#include "log/producer_snapshot.h"
#include "model/record_batch_builder.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using Origin = ProducerState::Origin;

const Timestamp now{std::chrono::milliseconds(1700000000000)};

class ProducerStateTest : public testing::Test {
protected:
    static Bytes batch(
        std::int16_t epoch, std::int32_t sequence, std::int64_t offset, bool transactional = false, std::int64_t id = 7
    ) {
        RecordBatchBuilder builder({
            .base_offset = {offset},
            .producer_id = {id},
            .producer_epoch = {epoch},
            .base_sequence = sequence,
            .transactional = transactional,
        });
        builder.append(now, std::nullopt, std::nullopt);
        builder.append(now, std::nullopt, std::nullopt);
        return builder.finish();
    }

    static Bytes marker(
        std::int16_t epoch, std::int64_t offset, bool commit, std::int32_t coordinator, std::int64_t id = 7
    ) {
        RecordBatchBuilder builder({
            .base_offset = {offset},
            .producer_id = {id},
            .producer_epoch = {epoch},
            .transactional = true,
            .control = true,
        });
        Bytes key(4), value(6);
        key[3] = std::byte{commit};
        store_big_endian(value.data() + 2, coordinator);
        builder.append(now, key, value);
        return builder.finish();
    }

    ErrorCode append(const Bytes& bytes, Origin origin = Origin::client) {
        const auto update = state.prepare(RecordBatchView(bytes), origin);
        if (!update) {
            return update.error().code;
        }
        state.apply(*update);
        if (update->completed) {
            last_stable = state.last_stable_after(*update->completed);
            state.complete(*update->completed);
        }
        return ErrorCode::none;
    }

    ProducerState state{"orders-0", 24h};
    Offset last_stable = no_offset;
};

TEST_F(ProducerStateTest, TakesSequencesInOrderOnly) {
    EXPECT_EQ(append(batch(0, 40, 0)), ErrorCode::none);  // unknown so far: any sequence
    EXPECT_EQ(append(batch(0, 43, 2)), ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(append(batch(0, 41, 2)), ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(append(batch(0, 42, 2)), ErrorCode::none);
    EXPECT_EQ(append(batch(1, 5, 4)), ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(append(batch(1, 0, 4)), ErrorCode::none);
    EXPECT_EQ(append(batch(0, 44, 6)), ErrorCode::invalid_producer_epoch);
    EXPECT_EQ(append(batch(0, 99, 6), Origin::replication), ErrorCode::none);
}

TEST_F(ProducerStateTest, WrapsSequences) {
    EXPECT_EQ(append(batch(0, 2147483646, 0)), ErrorCode::none);
    EXPECT_EQ(append(batch(0, 0, 2)), ErrorCode::none);
    EXPECT_EQ(append(batch(1, 0, 4)), ErrorCode::none);
    EXPECT_EQ(append(batch(1, 2147483647, 4)), ErrorCode::out_of_order_sequence_number);
}

TEST_F(ProducerStateTest, KnowsTheLastFiveBatchesAgain) {
    for (int i = 0; i < 7; ++i) {
        ASSERT_EQ(append(batch(0, i * 2, 100 + i * 2)), ErrorCode::none);
    }
    for (int i = 0; i < 7; ++i) {
        const auto duplicate = state.find_duplicate(RecordBatchView(batch(0, i * 2, 0)));
        ASSERT_EQ(duplicate.has_value(), i >= 2) << i;
        if (duplicate) {
            EXPECT_EQ(duplicate->first_offset(), Offset{100 + i * 2});
        }
    }
    EXPECT_FALSE(state.find_duplicate(RecordBatchView(batch(1, 12, 0))));
}

TEST_F(ProducerStateTest, TheOldestOpenTransactionIsUnstable) {
    ASSERT_EQ(append(batch(0, 0, 10, true, 7)), ErrorCode::none);
    ASSERT_EQ(append(batch(0, 0, 12, true, 8)), ErrorCode::none);
    EXPECT_EQ(state.first_unstable_offset(), Offset{10});
    ASSERT_EQ(append(marker(0, 14, false, 3, 7), Origin::coordinator), ErrorCode::none);
    EXPECT_EQ(last_stable, Offset{12});
    EXPECT_EQ(state.first_unstable_offset(), Offset{10});  // until the marker is replicated
    state.high_watermark_moved({14});
    EXPECT_EQ(state.first_unstable_offset(), Offset{10});
    state.high_watermark_moved({15});
    EXPECT_EQ(state.first_unstable_offset(), Offset{12});
    ASSERT_EQ(append(marker(0, 15, true, 3, 8), Origin::coordinator), ErrorCode::none);
    state.high_watermark_moved({16});
    EXPECT_FALSE(state.first_unstable_offset());
}

TEST_F(ProducerStateTest, FencesAnOldCoordinator) {
    ASSERT_EQ(append(batch(0, 0, 0, true)), ErrorCode::none);
    ASSERT_EQ(append(marker(0, 2, true, 3), Origin::coordinator), ErrorCode::none);
    EXPECT_EQ(append(marker(0, 3, true, 2), Origin::coordinator), ErrorCode::transaction_coordinator_fenced);
    EXPECT_EQ(append(marker(0, 3, true, 3), Origin::coordinator), ErrorCode::none);
}

TEST_F(ProducerStateTest, RefusesPlainRecordsInsideATransaction) {
    ASSERT_EQ(append(batch(0, 0, 0, true)), ErrorCode::none);
    EXPECT_EQ(append(batch(0, 2, 2, false)), ErrorCode::invalid_txn_state);
}

TEST_F(ProducerStateTest, ForgetsIdleProducersButNoOpenTransaction) {
    ASSERT_EQ(append(batch(0, 0, 0, false, 7)), ErrorCode::none);
    ASSERT_EQ(append(batch(0, 0, 2, true, 8)), ErrorCode::none);
    state.expire(now + 24h - 1ms);
    EXPECT_NE(state.find({7}), nullptr);
    state.expire(now + 24h);
    EXPECT_EQ(state.find({7}), nullptr);
    EXPECT_NE(state.find({8}), nullptr);
}

TEST_F(ProducerStateTest, ComesBackFromItsSnapshot) {
    ASSERT_EQ(append(batch(0, 0, 0, false, 7)), ErrorCode::none);
    ASSERT_EQ(append(batch(2, 0, 2, true, 8)), ErrorCode::none);
    ProducerState other("orders-0", 24h);
    ASSERT_TRUE(other.restore(state.snapshot(), {4}, now));
    EXPECT_EQ(other.producers(), state.producers());
    EXPECT_EQ(other.first_unstable_offset(), Offset{2});
    EXPECT_EQ(other.end(), Offset{4});
    EXPECT_TRUE(other.find_duplicate(RecordBatchView(batch(0, 0, 0, false, 7))));
    ASSERT_TRUE(other.restore(state.snapshot(), {4}, now + 24h));
    EXPECT_EQ(other.producers().size(), 1U);
}

TEST_F(ProducerStateTest, RefusesATornSnapshot) {
    ASSERT_EQ(append(batch(0, 0, 0)), ErrorCode::none);
    const Bytes snapshot = state.snapshot();
    for (std::size_t at = 0; at < snapshot.size(); ++at) {
        Bytes flipped = snapshot;
        flipped[at] ^= std::byte{1};
        EXPECT_FALSE(parse_producer_snapshot(flipped)) << at;
        EXPECT_FALSE(parse_producer_snapshot(BytesView(snapshot).first(at))) << at;
    }
}

}  // namespace
}  // namespace barnabas
