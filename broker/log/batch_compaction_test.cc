#include "log/batch_compaction.h"

#include <gtest/gtest.h>

#include "model/record_batch_builder.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using What = BatchCompaction::Remains::What;

constexpr Timestamp now{1'000'000s};

struct KeyValue {
    Offset offset;
    std::string key;
    std::optional<std::string> value;
    bool operator==(const KeyValue&) const = default;
};

std::vector<KeyValue> contents(BytesView bytes) {
    std::vector<KeyValue> records;
    const auto read = for_each_record(RecordBatchView(bytes), [&](const RecordView& record) {
        std::optional<std::string> value;
        if (record.value) {
            value = as_text(*record.value);
        }
        records.push_back({record.offset, std::string(as_text(*record.key)), std::move(value)});
        return true;
    });
    EXPECT_TRUE(read);
    return records;
}

/// A log of a few batches, cleaned as a whole.
class Cleaning {
public:
    explicit Cleaning(std::size_t most_keys = 100) : keys_({0}, OffsetMap(most_keys, 0.5, {1, 2})) {}

    Cleaning& add(const Bytes& batch) {
        batches_.push_back(batch);
        const auto whole = full_ ? Expected<bool>(false) : keys_.add(RecordBatchView(batches_.back()));
        EXPECT_TRUE(whole);
        full_ = full_ || !*whole;
        return *this;
    }

    /// What is left of each batch.
    std::vector<BatchCompaction::Remains> run(
        Timestamp at = now, std::map<ProducerId, LastOfProducer> producers = {}, Offset first_uncleanable = {1'000'000},
        const std::vector<AbortedTransaction>& aborted = {}
    ) {
        BatchCompaction compaction(keys_, {at, 60s, first_uncleanable, std::move(producers)});
        compaction.expect(aborted);
        std::vector<BatchCompaction::Remains> all;
        for (const Bytes& batch : batches_) {
            auto remains = compaction.compact(RecordBatchView(batch));
            EXPECT_TRUE(remains);
            all.push_back(*std::move(remains));
        }
        return all;
    }

    DirtyKeys& keys() { return keys_; }

private:
    DirtyKeys keys_;
    std::vector<Bytes> batches_;
    bool full_ = false;
};

RecordBatchBuilder::Options at(std::int64_t offset) {
    RecordBatchBuilder::Options options;
    options.base_offset = {offset};
    return options;
}

RecordBatchBuilder::Options by_producer(std::int64_t offset, bool transactional) {
    RecordBatchBuilder::Options options = at(offset);
    options.producer_id = {7};
    options.producer_epoch = {1};
    options.base_sequence = static_cast<std::int32_t>(offset);
    options.transactional = transactional;
    return options;
}

Bytes batch(
    const RecordBatchBuilder::Options& options,
    const std::vector<std::pair<std::string, std::optional<std::string>>>& records
) {
    RecordBatchBuilder builder(options);
    for (const auto& [key, value] : records) {
        builder.append(now - 10s, as_bytes(key), value ? std::optional(as_bytes(*value)) : std::nullopt);
    }
    return builder.finish();
}

Bytes marker(std::int64_t offset, bool commit) {
    RecordBatchBuilder::Options options = by_producer(offset, true);
    options.base_sequence = -1;
    options.control = true;
    RecordBatchBuilder builder(options);
    const Bytes key{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{commit}};
    const Bytes value(6);
    builder.append(now - 10s, BytesView(key), BytesView(value));
    return builder.finish();
}

TEST(BatchCompaction, KeepsOnlyTheNewestRecordOfAKey) {
    Cleaning cleaning;
    cleaning.add(batch(at(0), {{"a", "1"}, {"b", "1"}, {"a", "2"}})).add(batch(at(3), {{"c", "1"}}));
    const auto remains = cleaning.run();
    ASSERT_EQ(remains[0].what, What::a_new_batch);
    EXPECT_EQ(contents(remains[0].new_batch), (std::vector<KeyValue>{{{1}, "b", "1"}, {{2}, "a", "2"}}));
    EXPECT_EQ(remains[1].what, What::the_batch);
}

TEST(BatchCompaction, ABatchKeepsItsOffsetsProducerAndCompressionWhenRecordsLeaveIt) {
    RecordBatchBuilder::Options options = by_producer(10, false);
    options.compression = Compression::zstd;
    options.leader_epoch = {3};
    Cleaning cleaning;
    cleaning.add(batch(options, {{"a", "1"}, {"b", "1"}, {"c", "1"}})).add(batch(at(13), {{"a", "2"}, {"c", "2"}}));
    const auto remains = cleaning.run();
    const RecordBatchView cleaned(remains[0].new_batch);
    EXPECT_TRUE(cleaned.crc_matches());
    EXPECT_EQ(cleaned.base_offset(), Offset{10});
    EXPECT_EQ(cleaned.last_offset(), Offset{12});
    EXPECT_EQ(cleaned.record_count(), 1);
    EXPECT_EQ(cleaned.producer_id(), ProducerId{7});
    EXPECT_EQ(cleaned.base_sequence(), 10);
    EXPECT_EQ(cleaned.last_sequence(), 12);
    EXPECT_EQ(cleaned.leader_epoch(), LeaderEpoch{3});
    EXPECT_EQ(cleaned.compression(), Compression::zstd);
}

TEST(BatchCompaction, ABatchWithoutSurvivorsGoes) {
    Cleaning cleaning;
    cleaning.add(batch(at(0), {{"a", "1"}})).add(batch(at(1), {{"a", "2"}}));
    EXPECT_EQ(cleaning.run()[0].what, What::nothing);
}

TEST(BatchCompaction, AProducersNewestBatchStaysEmptySoThatItsSequenceIsKnown) {
    Cleaning cleaning;
    cleaning.add(batch(by_producer(0, false), {{"a", "1"}, {"b", "1"}})).add(batch(at(2), {{"a", "2"}, {"b", "2"}}));
    const auto remains = cleaning.run(now, {{ProducerId{7}, {Offset{1}, {1}}}});
    ASSERT_EQ(remains[0].what, What::a_new_batch);
    const RecordBatchView empty(remains[0].new_batch);
    EXPECT_EQ(empty.size(), batch_layout::records);
    EXPECT_TRUE(empty.crc_matches());
    EXPECT_EQ(empty.record_count(), 0);
    EXPECT_EQ(empty.last_offset(), Offset{1});
    EXPECT_EQ(empty.last_sequence(), 1);
}

TEST(BatchCompaction, TheLastBatchOfTheRangeStaysEmptySoThatItsEndIsKnown) {
    Cleaning cleaning;
    cleaning.add(batch(at(0), {{"a", std::nullopt}})).add(batch(at(1), {{"a", "2"}}));
    EXPECT_EQ(cleaning.run(now, {}, Offset{1})[0].what, What::a_new_batch);
}

TEST(BatchCompaction, ATombstoneStaysUntilTheDeleteHorizonOfItsFirstCleaningHasPassed) {
    Cleaning first;
    first.add(batch(at(0), {{"a", "1"}, {"b", "1"}})).add(batch(at(2), {{"a", std::nullopt}}));
    const auto once = first.run();
    ASSERT_EQ(once[1].what, What::a_new_batch);
    const RecordBatchView marked(once[1].new_batch);
    EXPECT_TRUE(marked.has_delete_horizon());
    EXPECT_EQ(marked.base_timestamp(), now + 60s);
    EXPECT_EQ(marked.max_timestamp(), now - 10s);
    EXPECT_EQ(contents(once[1].new_batch), (std::vector<KeyValue>{{{2}, "a", std::nullopt}}));

    Cleaning again;
    again.add(once[0].new_batch).add(once[1].new_batch);
    EXPECT_EQ(again.run(now + 60s - 1ms)[1].what, What::the_batch);
    EXPECT_EQ(again.run(now + 60s)[1].what, What::nothing);
}

TEST(BatchCompaction, OfAnAbortedTransactionNothingStaysButTheMarkerForReaders) {
    const AbortedTransaction aborted{{7}, {1}, {2}, {3}};
    Cleaning cleaning;
    cleaning.keys().expect({aborted});
    cleaning.add(batch(at(0), {{"a", "1"}})).add(batch(by_producer(1, true), {{"a", "2"}})).add(marker(2, false));
    const auto remains = cleaning.run(now, {}, {1000}, {aborted});
    EXPECT_EQ(remains[0].what, What::the_batch) << "an aborted record does not replace a committed one";
    EXPECT_EQ(remains[1].what, What::nothing);
    EXPECT_EQ(remains[2].what, What::the_batch);
    EXPECT_EQ(remains[2].aborted, aborted);
}

TEST(BatchCompaction, AMarkerGoesOneRetentionAfterItsLastRecordWent) {
    Cleaning first;
    first.add(batch(by_producer(0, true), {{"a", "1"}})).add(marker(1, true)).add(batch(at(2), {{"a", "2"}}));
    const auto once = first.run();
    EXPECT_EQ(once[0].what, What::nothing);
    EXPECT_EQ(once[1].what, What::the_batch) << "its transaction still had a record when this cleaning began";

    Cleaning second;
    second.add(marker(1, true)).add(batch(at(2), {{"a", "2"}}));
    const auto twice = second.run();
    ASSERT_EQ(twice[0].what, What::a_new_batch);
    EXPECT_EQ(RecordBatchView(twice[0].new_batch).base_timestamp(), now + 60s);

    Cleaning third;
    third.add(twice[0].new_batch).add(batch(at(2), {{"a", "2"}}));
    EXPECT_EQ(third.run(now + 59s)[0].what, What::the_batch);
    EXPECT_EQ(third.run(now + 60s)[0].what, What::nothing);
    const auto as_last = third.run(now + 60s, {{ProducerId{7}, {std::nullopt, {1}}}});
    EXPECT_EQ(RecordBatchView(as_last[0].new_batch).record_count(), 0) << "it is all that tells the producer's epoch";
}

TEST(BatchCompaction, LeavesAloneWhatLiesBehindTheKeysThatItKnows) {
    Cleaning cleaning(2);
    cleaning.add(batch(at(0), {{"a", "1"}, {"b", "1"}})).add(batch(at(2), {{"a", "2"}, {"c", "1"}, {"b", "2"}}));
    cleaning.add(batch(at(5), {{"a", "3"}}));
    EXPECT_EQ(cleaning.keys().end(), Offset{3});
    const auto remains = cleaning.run();
    EXPECT_EQ(contents(remains[0].new_batch), (std::vector<KeyValue>{{{1}, "b", "1"}}));
    EXPECT_EQ(remains[1].what, What::the_batch);
    EXPECT_EQ(remains[2].what, What::the_batch);
}

TEST(BatchCompaction, ARecordWithoutAKeyGoes) {
    RecordBatchBuilder builder(at(0));
    builder.append(now, std::nullopt, as_bytes("value"));
    Cleaning cleaning;
    cleaning.add(builder.finish());
    EXPECT_EQ(cleaning.run()[0].what, What::nothing);
}

}  // namespace
}  // namespace barnabas
