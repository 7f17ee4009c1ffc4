#include "node/storage_info.h"

#include <gtest/gtest.h>

#include "io/whole_file.h"
#include "raft/temporary_directory.h"

namespace barnabas {
namespace {

class StorageInfoTest : public testing::Test {
protected:
    std::string make(const std::string& name, std::string_view properties) {
        const std::string path = directory(name);
        EXPECT_TRUE(posix_file_system().make_directories(path));
        if (!properties.empty()) {
            EXPECT_TRUE(replace_file(posix_file_system(), path + "/meta.properties", as_bytes(properties)));
        }
        return path;
    }
    std::string directory(const std::string& name) { return folder_.path() + "/" + name; }

    /// With the folder's name left out.
    std::string told(std::vector<std::string> names, bool sound) {
        for (std::string& name : names) {
            name = directory(name);
        }
        const StorageInfo info = storage_info(posix_file_system(), std::move(names));
        EXPECT_EQ(info.sound, sound);
        std::string text = info.text;
        for (std::size_t at; (at = text.find(folder_.path() + "/")) != text.npos;) {
            text.erase(at, folder_.path().size() + 1);
        }
        return text;
    }

    TemporaryDirectory folder_;
};

constexpr std::string_view node_1 =
    "node.id=1\ndirectory.id=tBrzjx4pTGGUUmk9jpcKuQ\nversion=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n";

TEST_F(StorageInfoTest, TellsWhoseTheDirectoriesAre) {
    make("b", node_1);
    make("a", "node.id=1\nversion=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n");
    EXPECT_EQ(
        told({"b"}, true),
        "Found log directory:\n  b\n\nFound metadata: {cluster.id=4L6g3nShT-eMCtK--X86sw, "
        "directory.id=tBrzjx4pTGGUUmk9jpcKuQ, node.id=1, version=1}\n\n"
    );
    EXPECT_EQ(
        told({"b", "a", "b"}, true),
        "Found log directories:\n  a\n  b\n\nFound metadata: {cluster.id=4L6g3nShT-eMCtK--X86sw, node.id=1, "
        "version=1}\n\n"
    );
}

TEST_F(StorageInfoTest, TellsWhatIsWrong) {
    make("empty", "");
    EXPECT_TRUE(replace_file(posix_file_system(), directory("file"), as_bytes("x")));
    EXPECT_EQ(
        told({"none", "file", "empty"}, false),
        "Found log directory:\n  empty\n\nFound problems:\n  empty is not formatted.\n  file is not a directory\n  "
        "none "
        "does not exist\n\n"
    );
    make("other-cluster", "node.id=1\nversion=1\ncluster.id=another\n");
    make("other-node", "node.id=2\nversion=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n");
    make("a", node_1);
    EXPECT_TRUE(told({"a", "other-cluster"}, false).ends_with("Mismatched cluster IDs between storage directories.\n\n")
    );
    EXPECT_TRUE(told({"a", "other-node"}, false).ends_with("Mismatched node IDs between storage directories.\n\n"));
    make("broken", "node.id=1\nversion=1\n");
    EXPECT_TRUE(told({"broken"}, false).ends_with("Error loading broken/meta.properties: cluster.id is missing\n\n"));
}

}  // namespace
}  // namespace barnabas
