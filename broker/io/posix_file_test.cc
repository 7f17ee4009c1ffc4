#include <gtest/gtest.h>
#include <stdlib.h>

#include "io/whole_file.h"

namespace barnabas {
namespace {

class PosixFile : public testing::Test {
protected:
    PosixFile() {
        std::string name = testing::TempDir() + "files-XXXXXX";
        root = ::mkdtemp(name.data());
    }
    ~PosixFile() override { (void)files.remove_tree(root); }

    FileSystem& files = posix_file_system();
    std::string root;
};

TEST_F(PosixFile, ReadsWhatWasWrittenAndLessAtTheEnd) {
    const auto file = *files.open(root + "/a", OpenFor::create);
    ASSERT_TRUE(file->write_at(3, as_bytes("hello")));
    EXPECT_EQ(file->size(), 8);
    Bytes bytes(4);
    EXPECT_EQ(file->read_at(3, bytes), 4U);
    EXPECT_EQ(as_text(bytes), "hell");
    EXPECT_EQ(file->read_at(6, bytes), 2U);
    EXPECT_EQ(file->read_at(60, bytes), 0U);
    ASSERT_TRUE(file->truncate(4));
    EXPECT_EQ(file->size(), 4);
    EXPECT_TRUE(file->sync());
    ASSERT_TRUE(file->preallocate(0, 1 << 20));
    EXPECT_EQ(file->size(), 4);
}

TEST_F(PosixFile, WritesZerosBehindBytes) {
    const auto file = *files.open(root + "/a", OpenFor::create);
    ASSERT_TRUE(file->write_at(0, as_bytes("hello"), 3));
    EXPECT_EQ(file->size(), 8);
    ASSERT_TRUE(file->write_at(5, as_bytes("!")));
    file->begin_sync(0, 8);
    Bytes bytes(8);
    EXPECT_EQ(file->read_at(0, bytes), 8U);
    EXPECT_EQ(as_text(bytes), std::string_view("hello!\0\0", 8));
}

TEST_F(PosixFile, NamesTheOperationAndTheFileThatFailed) {
    const auto absent = files.open(root + "/none", OpenFor::read);
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error(), (IoError{"open", root + "/none", ENOENT}));
    EXPECT_EQ(absent.error().text(), "open " + root + "/none: No such file or directory");
    ASSERT_TRUE(files.open(root + "/a", OpenFor::create));
    EXPECT_EQ(files.open(root + "/a", OpenFor::create).error().number, EEXIST);
    EXPECT_EQ(files.list(root + "/none").error().number, ENOENT);
}

TEST_F(PosixFile, MakesListsRenamesAndRemoves) {
    ASSERT_TRUE(files.make_directories(root + "/x/y/z"));
    ASSERT_TRUE(files.make_directories(root + "/x/y/z"));
    ASSERT_TRUE(files.make_directories(root + "/x/y/w"));
    ASSERT_TRUE(files.remove_tree(root + "/x/y/w"));
    ASSERT_TRUE(replace_file(files, root + "/x/b", as_bytes("1")));
    EXPECT_EQ(files.make_directories(root + "/x/b/c").error().number, ENOTDIR);
    ASSERT_TRUE(replace_file(files, root + "/x/a", as_bytes("22")));
    EXPECT_EQ(files.list(root + "/x"), (std::vector<std::string>{"a", "b", "y"}));
    EXPECT_TRUE((*files.status(root + "/x/y"))->directory);
    EXPECT_EQ((*files.status(root + "/x/a"))->size, 2);
    EXPECT_FALSE(*files.status(root + "/x/c"));
    ASSERT_TRUE(files.rename(root + "/x/a", root + "/x/b"));
    EXPECT_EQ(as_text(**read_whole_file(files, root + "/x/b")), "22");
    EXPECT_FALSE(*read_whole_file(files, root + "/x/a"));
    EXPECT_TRUE(files.remove(root + "/x/a"));
    EXPECT_FALSE(files.remove(root + "/x"));
    EXPECT_TRUE(files.remove_tree(root + "/x"));
    EXPECT_TRUE(files.remove_tree(root + "/x"));
    EXPECT_TRUE(files.list(root)->empty());
}

TEST_F(PosixFile, ReplacesAFileWhole) {
    ASSERT_TRUE(replace_file(files, root + "/a", as_bytes("a long first text")));
    ASSERT_TRUE(replace_file(files, root + "/a", as_bytes("short")));
    EXPECT_EQ(as_text(**read_whole_file(files, root + "/a")), "short");
    // A process that was killed before its rename leaves this behind.
    ASSERT_TRUE((*files.open(root + "/a.tmp", OpenFor::create))->write_at(0, as_bytes("never renamed")));
    ASSERT_TRUE(replace_file_unsynced(files, root + "/a", as_bytes("again")));
    EXPECT_EQ(as_text(**read_whole_file(files, root + "/a")), "again");
    ASSERT_TRUE(replace_file(files, root + "/a", as_bytes("short")));
    EXPECT_EQ(as_text(**read_whole_file(files, root + "/a")), "short");
    EXPECT_EQ(files.list(root)->size(), 1U);
}

}  // namespace
}  // namespace barnabas
