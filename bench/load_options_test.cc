#include "load_options.h"

#include <gmock/gmock.h>

namespace barnabas::bench {
namespace {

using testing::HasSubstr;

std::expected<LoadOptions, std::string> parsed(std::vector<const char*> words) {
    return parse_options(words);
}

TEST(LoadOptions, AreReadFromWords) {
    const auto options = parsed(
        {"produce",
         "127.0.0.1:9092",
         "t",
         "--batch",
         "300",
         "--rate",
         "10.5",
         "--acks",
         "all",
         "--codec",
         "zstd",
         "--idempotent",
         "--connections",
         "50",
         "--readers",
         "10",
         "--intervals",
         "3",
         "--requests",
         "7",
         "--variety",
         "2",
         "--tls",
         "1.2"}
    );
    ASSERT_TRUE(options) << options.error();
    EXPECT_EQ(options->host, "127.0.0.1");
    EXPECT_EQ(options->port, "9092");
    EXPECT_EQ(options->batch_bytes, 300);
    EXPECT_EQ(options->rate, 10.5);
    EXPECT_EQ(options->acks, -1);
    EXPECT_EQ(options->compression, Compression::zstd);
    EXPECT_TRUE(options->idempotent);
    EXPECT_EQ(options->connections, 50);
    EXPECT_EQ(options->readers, 10);
    EXPECT_EQ(options->intervals, 3);
    EXPECT_EQ(options->requests, 7);
    EXPECT_EQ(options->variety, 2);
    EXPECT_EQ(options->tls, "1.2");
}

TEST(LoadOptions, SayWhatIsWrong) {
    EXPECT_THAT(parsed({"produce"}).error(), HasSubstr("usage"));
    EXPECT_THAT(parsed({"dance", "h:1", "t"}).error(), HasSubstr("usage"));
    EXPECT_THAT(parsed({"fetch", "nowhere", "t"}).error(), HasSubstr("'nowhere'"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--batch", "many"}).error(), HasSubstr("--batch: 'many'"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--batch"}).error(), HasSubstr("--batch needs a value"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--fast"}).error(), HasSubstr("'--fast'"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--codec", "rar"}).error(), HasSubstr("'rar'"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--connections", "0"}).error(), HasSubstr("at least 1"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--tls", "1.1"}).error(), HasSubstr("'1.1'"));
    EXPECT_THAT(parsed({"handshakes", "h:1", "-"}).error(), HasSubstr("need --tls"));
    EXPECT_THAT(parsed({"fetch", "h:1", "t", "--intervals", "0"}).error(), HasSubstr("at least 1"));
}

}  // namespace
}  // namespace barnabas::bench
