#include "node/format_wish.h"

#include <gmock/gmock.h>

#include "config/node_settings.h"
#include "node/storage_tool.h"

namespace barnabas {
namespace {

using testing::HasSubstr;

constexpr const char* cluster = "4L6g3nShT-eMCtK--X86sw";

class FormatWishTest : public testing::Test {
protected:
    /// Of `storage format`, where nothing is found that is not said.
    std::expected<FormatFlags, std::string> read(std::vector<const char*> words, Unsaid unsaid = Unsaid::refused) {
        words.insert(words.begin(), {"format", "-c", "unread", "-t", cluster});
        const auto arguments = Arguments::parse(storage_tool.usage, words);
        if (!arguments) {
            return std::unexpected(arguments.error());
        }
        const auto defaults = single_node_properties();
        std::vector<Property> properties(defaults.begin(), defaults.end());
        if (is_static_) {
            properties.push_back({"controller.quorum.voters", "1@localhost:9093"});
        }
        const auto settings = read_node_settings(properties);
        EXPECT_TRUE(settings) << settings.error().front();
        return read_format_flags(*arguments, settings->config, *read_listeners(settings->config), unsaid);
    }
    std::string why_not(std::vector<const char*> words) {
        const auto wish = read(std::move(words));
        return wish ? "" : wish.error();
    }

    bool is_static_ = false;
};

TEST_F(FormatWishTest, WantsAWordAboutTheQuorum) {
    EXPECT_THAT(why_not({}), HasSubstr("--standalone"));
    EXPECT_TRUE(read({}, Unsaid::found)) << "`barnabas format` makes a quorum of this node";
    EXPECT_TRUE(read({"-s"}));
    EXPECT_THAT(why_not({"-s", "-N"}), HasSubstr("can't be used"));
    EXPECT_THAT(why_not({"-N"}), HasSubstr("not supported yet"));
    EXPECT_THAT(why_not({"-s", "-f", "kraft.version=0"}), HasSubstr("kraft.version"));
    EXPECT_EQ(why_not({"-s", "-f", "kraft.version=1"}), "");
}

TEST_F(FormatWishTest, LeavesStaticVotersToTheSettings) {
    is_static_ = true;
    EXPECT_EQ(why_not({}), "");
    EXPECT_EQ(why_not({"-N"}), "");
    EXPECT_EQ(why_not({"-f", "kraft.version=0"}), "");
    EXPECT_THAT(why_not({"-f", "kraft.version=1"}), HasSubstr("kraft.version"));
    EXPECT_THAT(why_not({"-s"}), HasSubstr("controller.quorum.voters"));
    EXPECT_THAT(why_not({"-I", "1@localhost:9093:tBrzjx4pTGGUUmk9jpcKuQ"}), HasSubstr("controller.quorum.voters"));
}

TEST_F(FormatWishTest, TakesThisNodeAsTheInitialController) {
    const auto flags = read({"-I", "1@[::1]:9099:tBrzjx4pTGGUUmk9jpcKuQ"});
    ASSERT_TRUE(flags) << flags.error();
    EXPECT_EQ(flags->wish.voter->key.directory.text(), "tBrzjx4pTGGUUmk9jpcKuQ");
    EXPECT_EQ(flags->wish.voter->endpoints.front().host, "::1");
    EXPECT_EQ(flags->wish.voter->endpoints.front().port, 9099);
    for (const char* wrong :
         {"", "junk", "1@h:9099", "x@h:9099:tBrzjx4pTGGUUmk9jpcKuQ", "1@h:x:tBrzjx4pTGGUUmk9jpcKuQ", "1@h:9099:short",
          ":@", "1@h:9099:AAAAAAAAAAAAAAAAAAAAAA"}) {
        EXPECT_THAT(why_not({"-I", wrong}), HasSubstr("ID@HOST:PORT:DIRECTORY")) << wrong;
    }
    EXPECT_THAT(why_not({"-I", "2@h:9099:tBrzjx4pTGGUUmk9jpcKuQ"}), HasSubstr("not supported yet"));
    EXPECT_THAT(
        why_not({"-I", "1@h:9099:tBrzjx4pTGGUUmk9jpcKuQ,2@h:9100:4L6g3nShT-eMCtK--X86sw"}),
        HasSubstr("several controllers is not supported yet")
    );
}

TEST_F(FormatWishTest, BeginsWithTheFeaturesThatAreAskedFor) {
    const auto flags = read({"-s", "-r", "3.9", "-f", "group.version=1", "-f", "group.version=0"});
    ASSERT_TRUE(flags) << flags.error();
    ASSERT_EQ(flags->wish.records->size(), 1U) << "features at level 0 have no record, and the last word counts";
    EXPECT_EQ(std::get<FeatureLevelRecord>(flags->wish.records->front().message).feature_level, 21);
    EXPECT_EQ(flags->levels.at("metadata.version"), 21);
    EXPECT_THAT(why_not({"-s", "-r", "3.9", "-f", "metadata.version=21"}), HasSubstr("ambiguity"));
    EXPECT_THAT(why_not({"-s", "-f", "bad"}), HasSubstr("equals sign"));
}

TEST_F(FormatWishTest, MakesUsersWhereTheReleaseHasThem) {
    constexpr const char* user = "SCRAM-SHA-256=[name=alice,password=secret]";
    EXPECT_EQ(read({"-s", "-S", user, "-r", "3.5-IV2"})->wish.records->size(), 2U);
    EXPECT_THAT(why_not({"-s", "-S", user, "-r", "3.4"}), HasSubstr("3.5-IV2"));
}

}  // namespace
}  // namespace barnabas
