// Producing and consuming: what is sent comes back as it was, in order, whatever the codec and the acknowledgement.
#include <gtest/gtest.h>

#include "admin.h"
#include "clients.h"

namespace barnabas::e2e {

namespace {

std::vector<Received> read_all(const std::string& topic, std::size_t count, int partition = 0) {
    Consumer consumer(fresh_name("reader"));
    consumer.assign(topic, partition, RdKafka::Topic::OFFSET_BEGINNING);
    return consumer.read(count);
}

void expect_delivered(const std::vector<Delivery>& deliveries) {
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
        ASSERT_EQ(deliveries[i].error, RdKafka::ERR_NO_ERROR) << i << ": " << RdKafka::err2str(deliveries[i].error);
        ASSERT_EQ(deliveries[i].offset, static_cast<std::int64_t>(i));
    }
}

void expect_numbers(const std::vector<Received>& records, std::size_t count) {
    ASSERT_EQ(records.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_EQ(records[i].value, std::to_string(i));
        ASSERT_EQ(records[i].offset, static_cast<std::int64_t>(i));
    }
}

}  // namespace

TEST(Records, KeepKeyValueHeadersAndTimestamp) {
    const auto topic = fresh_topic();
    const Record sent{
        .value = std::string("v\0w", 3),
        .key = "k",
        .timestamp = 1'600'000'000'123,
        .headers = {{"a", "1"}, {"empty", ""}, {"a", "2"}},
    };
    expect_delivered(send(topic, {sent}));
    const auto records = read_all(topic, 1);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].value, sent.value);
    EXPECT_EQ(records[0].key, sent.key);
    EXPECT_EQ(records[0].timestamp, sent.timestamp);
    EXPECT_EQ(records[0].headers, sent.headers);
}

TEST(Records, OfATopicWithLogAppendTimeHaveTheTimeOfTheNode) {
    const auto topic = fresh_topic(1, {{"message.timestamp.type", "LogAppendTime"}});
    send(topic, {{.value = "late", .timestamp = 1'600'000'000'123}});
    const auto records = read_all(topic, 1);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_GT(records[0].timestamp, 1'700'000'000'000);
}

TEST(Records, GoToTheirPartitions) {
    const auto topic = fresh_topic(3);
    for (int partition = 0; partition < 3; ++partition) {
        expect_delivered(send(topic, numbered(10 + partition, partition)));
    }
    for (int partition = 0; partition < 3; ++partition) {
        expect_numbers(
            read_all(topic, static_cast<std::size_t>(10 + partition), partition),
            static_cast<std::size_t>(10 + partition)
        );
    }
}

TEST(Records, AreFoundByTime) {
    const auto topic = fresh_topic();
    auto records = numbered(10);
    for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].timestamp = 1'600'000'000'000 + static_cast<std::int64_t>(i) * 1000;
    }
    send(topic, records, {{"batch.num.messages", "2"}});
    Consumer consumer(fresh_name("reader"));
    const auto wanted = [&](std::int64_t time) {
        const auto where = std::unique_ptr<RdKafka::TopicPartition>(RdKafka::TopicPartition::create(topic, 0, time));
        std::vector<RdKafka::TopicPartition*> asked{where.get()};
        EXPECT_EQ(consumer.client().offsetsForTimes(asked, 10'000), RdKafka::ERR_NO_ERROR);
        return where->offset();
    };
    EXPECT_EQ(wanted(0), 0);
    EXPECT_EQ(wanted(1'600'000'004'500), 5);
    EXPECT_EQ(wanted(1'600'000'005'000), 5);
    EXPECT_EQ(wanted(1'700'000'000'000), RdKafka::Topic::OFFSET_END);
}

TEST(Records, OutlastTheFetchLimitsOfTheirReader) {
    const auto topic = fresh_topic();
    expect_delivered(send(topic, {{.value = std::string(500'000, 'a')}, {.value = std::string(500'000, 'b')}}));
    Consumer consumer(
        fresh_name("reader"), {{"fetch.message.max.bytes", "1000"},
                               {"message.max.bytes", "1000"},
                               {"fetch.max.bytes", "1000"},
                               {"receive.message.max.bytes", "2000000"}}
    );
    consumer.assign(topic, 0, 0);
    EXPECT_EQ(consumer.read(2).size(), 2U);
}

TEST(Records, ComeToAReaderThatWaits) {
    const auto topic = fresh_topic();
    Consumer consumer(fresh_name("reader"), {{"fetch.wait.max.ms", "5000"}});
    consumer.assign(topic, 0, 0);
    ASSERT_TRUE(consumer.read(1, std::chrono::seconds(1)).empty());
    const auto start = std::chrono::steady_clock::now();
    send(topic, {{.value = "now"}}, {{"linger.ms", "0"}});
    EXPECT_EQ(consumer.read(1).size(), 1U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST(Records, OfAnUnknownTopicMakeItWhenTheNodeMayCreateTopics) {
    const auto topic = fresh_name("made-by-use");
    expect_delivered(send(topic, numbered(3)));
    expect_numbers(read_all(topic, 3), 3);
}

TEST(Records, TooLargeForTheTopicAreRefusedAndTheNextIsTaken) {
    const auto topic = fresh_topic(1, {{"max.message.bytes", "10000"}});
    const Settings alone{{"batch.num.messages", "1"}, {"message.max.bytes", "5000000"}, {"linger.ms", "0"}};
    const auto deliveries = send(topic, {{.value = std::string(20'000, 'x')}, {.value = "small"}}, alone);
    EXPECT_EQ(deliveries[0].error, RdKafka::ERR_MSG_SIZE_TOO_LARGE);
    EXPECT_EQ(deliveries[1].error, RdKafka::ERR_NO_ERROR);
    EXPECT_EQ(read_all(topic, 1).at(0).value, "small");
}

TEST(Records, WithoutAKeyAreRefusedByACompactedTopic) {
    const auto topic = fresh_topic(1, {{"cleanup.policy", "compact"}});
    EXPECT_EQ(send(topic, {{.value = "keyless"}})[0].error, RdKafka::ERR_INVALID_RECORD);
    EXPECT_EQ(send(topic, {{.value = "v", .key = "k"}})[0].error, RdKafka::ERR_NO_ERROR);
}

TEST(Records, AreGoneBelowTheOffsetWhereTheyWereDeleted) {
    const auto topic = fresh_topic();
    send(topic, numbered(10));
    Admin admin;
    EXPECT_EQ(admin.delete_records(topic, 0, 4), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(admin.watermarks(topic, 0), std::make_pair(std::int64_t{4}, std::int64_t{10}));
    EXPECT_EQ(read_all(topic, 6).at(0).offset, 4);
    EXPECT_EQ(admin.delete_records(topic, 0, 11), RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
}

class Codecs : public testing::TestWithParam<const char*> {};

TEST_P(Codecs, ComeBackAsTheyWereSent) {
    const auto topic = fresh_topic();
    expect_delivered(send(topic, numbered(2000), {{"compression.codec", GetParam()}, {"linger.ms", "50"}}));
    expect_numbers(read_all(topic, 2000), 2000);
}

TEST_P(Codecs, AreMadeByTheNodeWhenTheTopicNamesOne) {
    const std::string codec = GetParam();
    const auto topic = fresh_topic(1, {{"compression.type", codec == "none" ? "uncompressed" : codec}});
    expect_delivered(send(topic, numbered(500), {{"compression.codec", "gzip"}, {"linger.ms", "50"}}));
    expect_numbers(read_all(topic, 500), 500);
}

INSTANTIATE_TEST_SUITE_P(All, Codecs, testing::Values("none", "gzip", "snappy", "lz4", "zstd"), [](const auto& info) {
    return info.param;
});

class Acknowledgements : public testing::TestWithParam<const char*> {};

TEST_P(Acknowledgements, DeliverAllRecords) {
    const auto topic = fresh_topic();
    for (const auto& delivery : send(topic, numbered(1000), {{"acks", GetParam()}, {"linger.ms", "1"}})) {
        EXPECT_EQ(delivery.error, RdKafka::ERR_NO_ERROR);
    }
    expect_numbers(read_all(topic, 1000), 1000);
}

INSTANTIATE_TEST_SUITE_P(All, Acknowledgements, testing::Values("0", "1", "all"), [](const auto& info) {
    return std::string("acks_") + info.param;
});

TEST(IdempotentProducer, DeliversInOrderWithManyRequestsInFlight) {
    const auto topic = fresh_topic(2);
    const Settings idempotent{
        {"enable.idempotence", "true"},
        {"max.in.flight", "5"},
        {"batch.num.messages", "20"},
        {"linger.ms", "0"},
    };
    expect_delivered(send(topic, numbered(3000, 1), idempotent));
    expect_numbers(read_all(topic, 3000, 1), 3000);
}

}  // namespace barnabas::e2e
