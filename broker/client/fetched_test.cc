#include "client/fetched.h"

#include <gmock/gmock.h>

#include "model/record_batch_builder.h"

namespace barnabas {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Timestamp now{std::chrono::milliseconds(1000)};

Bytes batch(RecordBatchBuilder::Options options, std::initializer_list<std::string_view> values) {
    RecordBatchBuilder builder(options);
    for (const std::string_view value : values) {
        builder.append(now, std::nullopt, as_bytes(value));
    }
    return builder.finish();
}

Bytes data(std::int64_t base, std::initializer_list<std::string_view> values, std::int64_t producer = -1) {
    RecordBatchBuilder::Options options;
    options.base_offset = {base};
    options.producer_id = {producer};
    options.transactional = producer >= 0;
    options.compression = Compression::lz4;
    return batch(options, values);
}

Bytes marker(std::int64_t base, std::int64_t producer, bool commit) {
    RecordBatchBuilder::Options options;
    options.base_offset = {base};
    options.producer_id = {producer};
    options.transactional = true;
    options.control = true;
    RecordBatchBuilder builder(options);
    const char key[] = {0, 0, 0, static_cast<char>(commit ? 1 : 0)};
    builder.append(now, as_bytes({key, 4}), as_bytes({"\0\0\0\0\0\0", 6}));
    return builder.finish();
}

Bytes together(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const Bytes& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::vector<std::string> values(const FetchedRecords& fetched) {
    std::vector<std::string> texts;
    for (const FetchedRecord& each : fetched.records) {
        texts.emplace_back(as_text(*each.record.value));
    }
    return texts;
}

Expected<FetchedRecords> read(
    BytesView bytes, std::int64_t from, const std::vector<FetchResponseAbortedTransaction>* aborted = nullptr
) {
    return read_fetched({"t", {0}}, nullptr, bytes, {from}, aborted);
}

}  // namespace

TEST(Fetched, BeginsInTheMiddleOfABatch) {
    const Bytes bytes = together({data(0, {"a", "b"}), data(2, {"c", "d"}), data(4, {"e"})});
    const auto fetched = read(bytes, 3);
    EXPECT_THAT(values(*fetched), ElementsAre("d", "e"));
    EXPECT_EQ(fetched->next, Offset{5});
}

TEST(Fetched, LeavesABatchThatIsCutOffForTheNextFetch) {
    Bytes bytes = together({data(0, {"a"}), data(1, {"b"})});
    bytes.pop_back();
    const auto fetched = read(bytes, 0);
    EXPECT_THAT(values(*fetched), ElementsAre("a"));
    EXPECT_EQ(fetched->next, Offset{1});
}

TEST(Fetched, PassesOverMarkersAndAbortedTransactions) {
    const Bytes bytes = together(
        {data(0, {"aborted"}, 7), data(1, {"other"}, 8), marker(2, 7, false), data(3, {"committed"}, 7),
         marker(4, 7, true), marker(5, 8, true)}
    );
    std::vector<FetchResponseAbortedTransaction> aborted(1);
    aborted[0].producer_id = 7;
    aborted[0].first_offset = 0;
    const auto committed = read(bytes, 0, &aborted);
    EXPECT_THAT(values(*committed), ElementsAre("other", "committed"));
    EXPECT_EQ(committed->next, Offset{6});
    EXPECT_THAT(values(*read(bytes, 0)), ElementsAre("aborted", "other", "committed"));
}

TEST(Fetched, ADamagedBatchIsToldWithItsOffset) {
    Bytes bytes = data(4, {"a"});
    bytes.back() ^= std::byte{1};
    EXPECT_THAT(read(bytes, 0).error().detail, HasSubstr("t-0 at offset 4: the checksum does not match"));
}

}  // namespace barnabas
