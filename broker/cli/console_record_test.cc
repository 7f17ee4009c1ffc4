#include "cli/console_record.h"

#include <gmock/gmock.h>

#include "model/record_batch_builder.h"

namespace barnabas {

namespace {

using testing::HasSubstr;

/// What the formatter makes of a record with key "k", value `value` and two headers, at offset 5 of t-1.
std::string printed(const FormatterProperties& properties, std::optional<std::string_view> value = "v") {
    const auto formatter = make_formatter("org.apache.kafka.tools.consumer.DefaultMessageFormatter", properties);
    RecordBatchBuilder::Options options;
    options.base_offset = {5};
    RecordBatchBuilder builder(options);
    const std::vector<Header> headers{{"h", copy(as_bytes("1"))}, {"g", std::nullopt}};
    builder.append(
        Timestamp(std::chrono::milliseconds(1000)), as_bytes("k"),
        value ? std::optional(as_bytes(*value)) : std::nullopt, headers
    );
    const Bytes batch = builder.finish();
    std::string out;
    (void)for_each_record(RecordBatchView(batch), [&](const RecordView& record) {
        return (*formatter)->append(out, {"t", {1}}, {record, TimestampType::create_time, {0}}).has_value();
    });
    return out;
}

}  // namespace

TEST(ConsoleRecord, PrintsTheValueAlone) {
    EXPECT_EQ(printed({}), "v\n");
}

TEST(ConsoleRecord, PrintsEverythingThatIsAskedFor) {
    EXPECT_EQ(
        printed(
            {{"print.timestamp", "true"},
             {"print.partition", "true"},
             {"print.offset", "TRUE"},
             {"print.headers", " true "},
             {"print.key", "true"}}
        ),
        "CreateTime:1000\tPartition:1\tOffset:5\th:1,g:null\tk\tv\n"
    );
}

TEST(ConsoleRecord, SeparatorsAndNullCanBeChosen) {
    EXPECT_EQ(
        printed({{"print.key", "true"}, {"key.separator", "="}, {"line.separator", ";"}, {"null.literal", "-"}}, {}),
        "k=-;"
    );
}

TEST(ConsoleRecord, DeserializersOfNumbersAreBuiltIn) {
    constexpr std::string_view number("\0\0\0\0\0\0\1\0", 8);
    EXPECT_EQ(
        printed({{"value.deserializer", "org.apache.kafka.common.serialization.LongDeserializer"}}, number), "256\n"
    );
    EXPECT_THAT(
        make_formatter("DefaultMessageFormatter", {{"value.deserializer", "com.example.Mine"}}).error(),
        HasSubstr("Java classes cannot be loaded")
    );
}

TEST(ConsoleRecord, RefusesWhatItDoesNotKnow) {
    EXPECT_THAT(make_formatter("com.example.Mine", {}).error(), HasSubstr("built in are DefaultMessageFormatter"));
    EXPECT_THAT(make_formatter("DefaultMessageFormatter", {{"print.all", "true"}}).error(), HasSubstr("print.all"));
}

}  // namespace barnabas
