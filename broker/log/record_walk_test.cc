#include "log/record_walk.h"

#include <gtest/gtest.h>

#include <random>

#include "log/record_walk_reference.h"
#include "model/record_batch_builder.h"

namespace barnabas {
namespace {

using std::chrono::milliseconds;

const Timestamp begin{milliseconds(1700000000000)};

/// Batches of a few records of all shapes, and now and then a byte or a count that is another.
class RandomBatches {
public:
    explicit RandomBatches(unsigned seed) : random_(seed) {}

    Bytes next() {
        RecordBatchBuilder builder({});
        const std::vector<HeaderView> one{{.key = "h", .value = std::nullopt}};
        const bool headers = one_in(8);
        Offset offset{0};
        for (std::size_t left = 1 + below(5); left > 0; --left) {
            const std::string key(size(), 'k'), value(size(), 'v');
            builder.append_at(
                offset, one_in(20) ? no_timestamp : begin + milliseconds(below(100)),
                one_in(4) ? std::nullopt : std::optional(as_bytes(key)),
                one_in(9) ? std::nullopt : std::optional(as_bytes(value)),
                headers ? std::span(one) : std::span<const HeaderView>()
            );
            offset = offset + (one_in(30) ? 2 : 1);
        }
        Bytes bytes = builder.finish();
        for (std::size_t changes = below(4); changes > 1; --changes) {
            const std::size_t at = batch_layout::records + below(bytes.size() - batch_layout::records);
            bytes[at] = one_in(2) ? static_cast<std::byte>(below(256)) : bytes[at] ^ std::byte{2};
        }
        if (one_in(20)) {
            store_big_endian<std::int32_t>(bytes.data() + batch_layout::record_count, static_cast<int>(below(7)));
        }
        return bytes;
    }

    bool one_in(std::size_t count) { return below(count) == 0; }
    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

private:
    /// Lengths of one, two and three bytes.
    std::size_t size() { return one_in(10) ? 8'000 + below(400) : below(200); }

    std::mt19937 random_;
};

TEST(RecordWalk, AnswersWhatAReaderFinds) {
    RandomBatches batches(7);
    std::size_t usual_ones = 0, others = 0;
    for (int i = 0; i < 50'000; ++i) {
        const Bytes bytes = batches.next();
        const RecordBatchView batch(bytes);
        const UsualRecord usual{
            .has_key = batches.one_in(2),
            .earliest = begin + milliseconds(batches.below(10)),
            .latest = begin + milliseconds(80 + batches.below(30)),
        };
        const auto seen = walk_over_records(batch, batch.records(), usual);
        ASSERT_EQ(seen, read_usual_records(batch, usual)) << i;
        ++(seen ? usual_ones : others);
    }
    EXPECT_GT(usual_ones, 10'000U);
    EXPECT_GT(others, 10'000U);
}

TEST(RecordWalk, LeavesTimestampsThatOverflowToTheReader) {
    RecordBatchBuilder builder({});
    builder.append(begin, std::nullopt, as_bytes("value"));
    builder.append(begin + milliseconds(1), std::nullopt, as_bytes("value"));
    Bytes bytes = builder.finish();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    store_big_endian<std::int64_t>(bytes.data() + batch_layout::base_timestamp, most);
    const RecordBatchView batch(bytes);
    EXPECT_FALSE(walk_over_records(batch, batch.records(), {false, begin, Timestamp(milliseconds(most))}));
}

}  // namespace
}  // namespace barnabas
