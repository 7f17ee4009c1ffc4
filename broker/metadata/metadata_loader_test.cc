#include "metadata/metadata_loader.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

constexpr TopicId orders{1, 100};
constexpr TopicId payments{1, 200};

MetadataRecord topic(std::string_view name, const TopicId& id) {
    TopicRecord record;
    record.name = name;
    record.topic_id = id;
    return {record, 0};
}

MetadataRecord partition(const TopicId& id, std::int32_t index, std::int32_t leader = 1) {
    PartitionRecord record;
    record.topic_id = id;
    record.partition_id = index;
    record.replicas = {leader};
    record.isr = {leader};
    record.leader = leader;
    record.leader_epoch = 0;
    record.partition_epoch = 0;
    return {record, 2};
}

class MetadataLoaderTest : public testing::Test {
protected:
    void SetUp() override {
        cache_.subscribe([this](const MetadataDelta& delta) { deltas_.push_back(delta); });
    }

    Expected<void> commit(const MetadataRecords& records) {
        std::vector<Bytes> values;
        for (const MetadataRecord& record : records) {
            values.push_back(encode_metadata_record(record));
        }
        const std::vector<BytesView> views(values.begin(), values.end());
        next_ = next_ + static_cast<std::int64_t>(std::max<std::size_t>(views.size(), 1));
        auto applied = loader_.apply({next_ - 1, {1}, no_timestamp}, views);
        loader_.publish();
        return applied;
    }

    MetadataCache cache_;
    std::vector<MetadataDelta> deltas_;
    MetadataLoader loader_{cache_};
    Offset next_{0};
};

TEST_F(MetadataLoaderTest, PublishesEachBatchWithWhatItChanged) {
    ASSERT_TRUE(commit({topic("orders", orders), partition(orders, 0)}));
    EXPECT_TRUE(cache_.image()->topics.find("orders"));
    EXPECT_EQ(cache_.image()->provenance.last_offset, Offset{1});
    ASSERT_EQ(deltas_.size(), 1u);
    EXPECT_FALSE(deltas_[0].before->topics.find("orders"));
    EXPECT_EQ(deltas_[0].topics, (std::map<TopicId, std::set<PartitionId>>{{orders, {PartitionId{0}}}}));
    ASSERT_TRUE(commit({partition(orders, 1)}));
    EXPECT_EQ(deltas_[1].topics, (std::map<TopicId, std::set<PartitionId>>{{orders, {PartitionId{1}}}}));
    EXPECT_EQ(deltas_[1].before, deltas_[0].after);
}

TEST_F(MetadataLoaderTest, PublishesABatchOfControlRecordsAsProgressOnly) {
    ASSERT_TRUE(commit({}));
    ASSERT_EQ(deltas_.size(), 1u);
    EXPECT_TRUE(deltas_[0].topics.empty());
    EXPECT_EQ(cache_.image()->provenance.last_offset, Offset{0});
}

TEST_F(MetadataLoaderTest, KeepsATransactionBackUntilItEnds) {
    ASSERT_TRUE(commit({{BeginTransactionRecord{}, 0}, topic("orders", orders)}));
    EXPECT_FALSE(cache_.image()->topics.find("orders"));
    EXPECT_TRUE(loader_.in_transaction());
    ASSERT_TRUE(commit({partition(orders, 0), {EndTransactionRecord{}, 0}}));
    EXPECT_TRUE(cache_.image()->topics.partition("orders", {0}));
    ASSERT_EQ(deltas_.size(), 1u);
    EXPECT_TRUE(deltas_[0].topics.contains(orders));
}

TEST_F(MetadataLoaderTest, ForgetsAnAbortedTransaction) {
    ASSERT_TRUE(commit({topic("orders", orders)}));
    ASSERT_TRUE(commit({{BeginTransactionRecord{}, 0}, topic("payments", payments)}));
    ASSERT_TRUE(commit({{AbortTransactionRecord{}, 0}}));
    EXPECT_TRUE(cache_.image()->topics.find("orders"));
    EXPECT_FALSE(cache_.image()->topics.find("payments"));
    EXPECT_TRUE(deltas_.back().topics.empty());
}

TEST_F(MetadataLoaderTest, RefusesTransactionsThatDoNotNest) {
    EXPECT_FALSE(commit({{EndTransactionRecord{}, 0}}));
}

TEST_F(MetadataLoaderTest, FindsOutWhatASnapshotChanged) {
    ASSERT_TRUE(commit({topic("orders", orders), partition(orders, 0), partition(orders, 1)}));
    const MetadataRecords records{topic("payments", payments), partition(payments, 0)};
    std::vector<Bytes> values;
    for (const MetadataRecord& record : records) {
        values.push_back(encode_metadata_record(record));
    }
    int calls = 0;
    const auto next = [&]() -> Expected<std::optional<std::vector<BytesView>>> {
        return calls++ == 0 ? std::optional(std::vector<BytesView>(values.begin(), values.end())) : std::nullopt;
    };
    ASSERT_TRUE(loader_.load_snapshot({{99}, {3}, no_timestamp}, next));
    EXPECT_EQ(cache_.image()->provenance.last_offset, Offset{99});
    EXPECT_FALSE(cache_.image()->topics.find("orders"));
    EXPECT_EQ(
        deltas_.back().topics, (std::map<TopicId, std::set<PartitionId>>{{orders, {}}, {payments, {PartitionId{0}}}})
    );
}

TEST_F(MetadataLoaderTest, SaysWhatItCannotRead) {
    const Bytes unknown{std::byte{1}, std::byte{99}, std::byte{0}};
    const std::vector<BytesView> views{unknown};
    EXPECT_EQ(loader_.apply({{0}, {1}, no_timestamp}, views).error().code, ErrorCode::unsupported_version);
}

}  // namespace
}  // namespace barnabas
