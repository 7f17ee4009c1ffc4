#include "io/directory_lock.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "io/volume.h"

namespace barnabas {
namespace {

class DirectoryLockTest : public testing::Test {
protected:
    DirectoryLockTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "directory-lock-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~DirectoryLockTest() override { std::filesystem::remove_all(directory_); }

    std::string directory_;
};

TEST_F(DirectoryLockTest, KeepsASecondOneOutUntilItIsGone) {
    {
        const auto lock = DirectoryLock::take(directory_);
        ASSERT_TRUE(lock);
        EXPECT_EQ(DirectoryLock::take(directory_).error().number, EWOULDBLOCK);
    }
    EXPECT_TRUE(DirectoryLock::take(directory_));
}

TEST_F(DirectoryLockTest, MovesWithItsOwner) {
    auto lock = DirectoryLock::take(directory_);
    const DirectoryLock moved = std::move(*lock);
    EXPECT_FALSE(DirectoryLock::take(directory_));
}

TEST_F(DirectoryLockTest, NamesTheFileThatCannotBeOpened) {
    EXPECT_EQ(DirectoryLock::take(directory_ + "/none").error().path, directory_ + "/none/.lock");
}

TEST_F(DirectoryLockTest, AVolumeHasNoMoreRoomThanItsSize) {
    const auto space = volume_space(directory_);
    ASSERT_TRUE(space);
    EXPECT_GT(space->total, 0);
    EXPECT_LE(space->usable, space->total);
}

}  // namespace
}  // namespace barnabas
