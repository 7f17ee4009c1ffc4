#include "io/page_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace barnabas {
namespace {

class PageCache : public testing::Test {
protected:
    PageCache() {
        std::string name = testing::TempDir() + "pages-XXXXXX";
        root = ::mkdtemp(name.data());
        file = *files.open(root + "/a", OpenFor::create);
        EXPECT_TRUE(file->write_at(0, Bytes(size)));
    }
    ~PageCache() override { (void)files.remove_tree(root); }

    /// False where the file system keeps everything in memory.
    [[nodiscard]] bool drop() const {
        EXPECT_TRUE(file->sync());
        ::posix_fadvise(file->fd(), 0, 0, POSIX_FADV_DONTNEED);
        return !is_cached(*file, 0, size);
    }

    static constexpr std::int64_t size = 4 << 20;
    FileSystem& files = posix_file_system();
    std::string root;
    std::unique_ptr<File> file;
};

TEST_F(PageCache, HoldsWhatWasWritten) {
    EXPECT_TRUE(is_cached(*file, 0, size));
    EXPECT_TRUE(is_cached(*file, 12'345, 1));
    EXPECT_TRUE(is_cached(*file, 0, 0));
    EXPECT_TRUE(is_cached(*file, size, 10)) << "behind the end there is nothing to wait for";
}

TEST_F(PageCache, LoadsWhatWasDropped) {
    if (!drop()) {
        GTEST_SKIP() << "this file system has nothing but memory";
    }
    EXPECT_FALSE(is_cached(*file, 3 << 20, 100));
    load_into_cache(*file, 1 << 20, 1 << 20);
    EXPECT_TRUE(is_cached(*file, 1 << 20, 1 << 20));
    EXPECT_FALSE(is_cached(*file, 0, size));
    load_into_cache(*file, 0, size + 1000);
    EXPECT_TRUE(is_cached(*file, 0, size));
}

TEST_F(PageCache, ReadsWhatIsInMemoryAndDoesNotWait) {
    Bytes into(100);
    ASSERT_TRUE(file->write_at(1 << 20, as_bytes("here")));
    EXPECT_EQ(*read_cached(*file, 1 << 20, into), 100);
    EXPECT_EQ(as_text(BytesView(into).first(4)), "here");
    EXPECT_EQ(*read_cached(*file, size - 10, into), 10) << "there the file ends";
    EXPECT_EQ(*read_cached(*file, size, into), 0);
    if (!drop()) {
        GTEST_SKIP() << "this file system has nothing but memory";
    }
    EXPECT_EQ(*read_cached(*file, 3 << 20, into), std::nullopt);
    load_into_cache(*file, 3 << 20, 100);
    EXPECT_EQ(*read_cached(*file, 3 << 20, into), 100);
}

}  // namespace
}  // namespace barnabas
