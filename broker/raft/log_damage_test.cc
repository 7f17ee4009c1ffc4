#include "raft/log_damage.h"

#include <gtest/gtest.h>

#include "io/whole_file.h"
#include "log/segment_files.h"
#include "model/record_batch_builder.h"
#include "raft/temporary_directory.h"

namespace barnabas {
namespace {

class LogDamageTest : public testing::Test {
protected:
    static Bytes batch_at(std::int64_t offset) {
        RecordBatchBuilder builder({});
        builder.append(Timestamp{}, as_bytes("key"), as_bytes("value"));
        Bytes bytes = builder.finish();
        store_big_endian(bytes.data(), offset);
        return bytes;
    }

    /// A segment of batches with one record each.
    static Bytes segment(std::int64_t from, std::int64_t to) {
        Bytes all;
        for (; from < to; ++from) {
            const Bytes batch = batch_at(from);
            all.insert(all.end(), batch.begin(), batch.end());
        }
        return all;
    }

    std::string put(std::int64_t base, BytesView bytes) {
        const std::string path = folder.path() + "/" + segment_file_name({base}, suffix::log);
        EXPECT_TRUE(replace_file(posix_file_system(), path, bytes));
        return path;
    }

    [[nodiscard]] std::string damage() const {
        const auto found = find_log_damage(posix_file_system(), folder.path());
        return found ? "" : found.error().detail;
    }

    TemporaryDirectory folder;
};

TEST_F(LogDamageTest, AWholeLogAndAnEmptyOneAreNotDamaged) {
    EXPECT_EQ(damage(), "");
    put(0, segment(0, 3));
    put(3, segment(3, 5));
    put(5, {});
    EXPECT_EQ(damage(), "");
}

TEST_F(LogDamageTest, ATornTailIsNoDamage) {
    const Bytes whole = segment(0, 3);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        put(0, BytesView(whole).first(size));
        EXPECT_EQ(damage(), "") << size;
    }
    Bytes zeros = segment(0, 3);
    zeros.resize(zeros.size() + 5000);
    put(0, zeros);
    EXPECT_EQ(damage(), "");
}

TEST_F(LogDamageTest, ABatchThatDoesNotReadBeforeOneThatDoesIsDamage) {
    const std::size_t size = batch_at(0).size();
    for (std::size_t at = size + 8; at < 2 * size; ++at) {
        if (at >= size + 12 && at < size + 16) {
            continue;  // the leader epoch, which the checksum does not cover
        }
        Bytes flipped = segment(0, 3);
        flipped[at] ^= std::byte{0x81};
        const std::string path = put(0, flipped);
        EXPECT_NE(damage().find(path + " is damaged at byte " + std::to_string(size)), std::string::npos) << at;
    }
}

TEST_F(LogDamageTest, ATornSegmentBeforeAnotherIsDamage) {
    const Bytes whole = segment(0, 3);
    const std::string path = put(0, BytesView(whole).first(whole.size() - 1));
    put(3, segment(3, 4));
    EXPECT_NE(damage().find(path), std::string::npos);
}

TEST_F(LogDamageTest, AMissingSegmentIsDamage) {
    put(0, segment(0, 3));
    put(5, segment(5, 6));
    EXPECT_NE(damage().find("offsets 3 to 4 of the metadata are missing"), std::string::npos) << damage();
}

}  // namespace
}  // namespace barnabas
