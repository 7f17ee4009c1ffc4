#include "raft/format.h"

#include <gtest/gtest.h>

#include "common/base64.h"
#include "io/whole_file.h"
#include "raft/snapshot_name.h"
#include "raft/snapshot_reader.h"
#include "raft/temporary_directory.h"

namespace barnabas {
namespace {

const Timestamp now{std::chrono::milliseconds(1795238696533)};
const Uuid directory_id = *Uuid::parse("tBrzjx4pTGGUUmk9jpcKuQ");
const VoterSet alone = VoterSet({{{{1}, directory_id}, {{"CONTROLLER", "127.0.0.1", 29093}}, 0, 1}});

Bytes bytes_of(const std::string& path) {
    return read_whole_file(posix_file_system(), path)->value_or(Bytes());
}

TEST(Format, WritesTheFirstSnapshotByteForByteAsApacheDoes) {
    TemporaryDirectory folder;
    ASSERT_TRUE(format_metadata(posix_file_system(), folder.path(), alone, {}, now));
    const Bytes written = bytes_of(folder.path() + "/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint");
    // One batch of header, kraft.version and voters, one of the footer; written by Apache Kafka 4.3.1, but for the
    // times, which are `now` here, and so the checksums.
    const std::string apache =
        "AAAAAAAAAAAAAACaAAAAAAJ3uDW6ACAAAAACAAABofyQllUAAAGh/JCWVf//////////////////AAAAAyoAAAAIAAAAAxYAAAAA"
        "AaH8kJY+AAAeAAACCAAAAAUKAAAAAQAAggEAAAQIAAAABm4AAAIAAAABtBrzjx4pTGGUUmk9jpcKuQILQ09OVFJPTExFUgoxMjcu"
        "MC4wLjFxpQAAAAABAAAAAAAAAAAAAAADAAAAPwAAAAAC6OOjEQAgAAAAAAAAAaH8kJZdAAABofyQll3//////////////////wAA"
        "AAEaAAAACAAAAAQGAAAAAA==";
    Bytes expected = *decode_base64(apache, Base64::standard);
    ASSERT_EQ(written.size(), expected.size());
    const std::int64_t millis = now.time_since_epoch().count();
    const MutableBytes header = MutableBytes(expected).first(166), footer = MutableBytes(expected).subspan(166);
    store_big_endian(header.data() + 73, millis);
    store_big_endian(footer.data() + batch_layout::base_timestamp, millis);
    store_big_endian(footer.data() + batch_layout::max_timestamp, millis);
    set_crc(header);
    set_crc(footer);
    EXPECT_EQ(written, expected);
}

TEST(Format, GivesBackTheBootstrapRecords) {
    TemporaryDirectory folder;
    const std::vector<Bytes> records{copy(as_bytes("first")), copy(as_bytes("second"))};
    ASSERT_TRUE(format_metadata(posix_file_system(), folder.path(), alone, records, now));
    EXPECT_EQ(read_bootstrap_records(posix_file_system(), folder.path()), records);
}

TEST(Format, FindsNoBootstrapRecordsWhereThereIsNoFile) {
    TemporaryDirectory folder;
    EXPECT_EQ(read_bootstrap_records(posix_file_system(), folder.path()), std::nullopt);
}

TEST(Format, ReadsTheVotersOfTheFirstSnapshot) {
    TemporaryDirectory folder;
    ASSERT_TRUE(format_metadata(posix_file_system(), folder.path(), alone, {}, now));
    const std::string path = folder.path() + "/__cluster_metadata-0/" + snapshot_file_name({});
    auto reader = SnapshotReader::open(posix_file_system(), path, {});
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_EQ(reader->voters(), alone);
    EXPECT_EQ(reader->kraft_version(), 1);
    EXPECT_EQ(reader->last_append(), now);
    const auto footer = reader->next();
    ASSERT_TRUE(footer && footer->has_value());
    EXPECT_TRUE((*footer)->empty());
    EXPECT_FALSE(reader->next()->has_value()) << "the footer ends it";
}

}  // namespace
}  // namespace barnabas
