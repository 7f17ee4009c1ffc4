#include "cli/coordinator_record.h"

#include <gtest/gtest.h>

#include "client/assignor.h"
#include "protocol/group_coordinator_records.h"
#include "protocol/transaction_coordinator_records.h"

namespace barnabas {

namespace {

template <Message M>
Bytes behind(std::int16_t number, const M& message, std::int16_t version) {
    Writer writer;
    writer.integer(number);
    message.write(writer, version);
    return std::move(writer.bytes());
}

}  // namespace

TEST(CoordinatorRecord, TellsAnOffset) {
    OffsetCommitKey key;
    key.group = "g";
    key.topic = "t";
    OffsetCommitValue value;
    value.offset = 7;
    const Bytes key_bytes = behind(1, key, 0), value_bytes = behind(3, value, 3);
    const auto record = decode_coordinator_record(CoordinatorLog::group, key_bytes, value_bytes);
    EXPECT_EQ(
        console_json(*record),
        R"({"key":{"type":1,"data":{"group":"g","topic":"t","partition":0}},"value":{"version":3,)"
        R"("data":{"offset":7,"leaderEpoch":-1,"metadata":"","commitTimestamp":0}}})"
    );
    const auto deleted = decode_coordinator_record(CoordinatorLog::group, key_bytes, std::nullopt);
    EXPECT_EQ(deleted->value, std::nullopt);
}

TEST(CoordinatorRecord, OpensWhatMembersSayOfThemselves) {
    GroupMetadataKey key;
    key.group = "g";
    GroupMetadataValue value;
    value.protocol_type = "consumer";
    auto& member = value.members.emplace_back();
    const Bytes subscription = encode_subscription({"t"}, {});
    member.subscription = subscription;
    const Bytes key_bytes = behind(2, key, 0), value_bytes = behind(3, value, 3);
    auto record = decode_coordinator_record(CoordinatorLog::group, key_bytes, value_bytes);
    open_consumer_protocol(*record);
    const auto& opened = record->value->as_object().at("members").as_array().at(0).as_object();
    EXPECT_EQ(boost::json::serialize(opened.at("subscription").as_object().at("topics")), R"(["t"])");
    EXPECT_EQ(opened.at("assignment"), "");
}

TEST(CoordinatorRecord, TheSameTypeIsAnotherKeyInAnotherLog) {
    TransactionLogKey key;
    key.transactional_id = "x";
    const Bytes bytes = behind(0, key, 0);
    EXPECT_EQ(
        boost::json::serialize(decode_coordinator_record(CoordinatorLog::transaction, bytes, {})->key),
        R"({"transactionalId":"x"})"
    );
}

TEST(CoordinatorRecord, RefusesUnknownTypesAndDamage) {
    const auto unknown = decode_coordinator_record(CoordinatorLog::group, as_bytes({"\0\x7f", 2}), {});
    EXPECT_EQ(unknown.error(), (Error{ErrorCode::unsupported_version, "127"}));
    EXPECT_EQ(
        decode_coordinator_record(CoordinatorLog::group, as_bytes({"\0\1\0\7", 4}), {}).error().code,
        ErrorCode::invalid_request
    );
}

}  // namespace barnabas
