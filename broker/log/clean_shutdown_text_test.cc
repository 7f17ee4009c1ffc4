#include "log/clean_shutdown_text.h"

#include <gtest/gtest.h>

namespace barnabas {
namespace {

TEST(CleanShutdownText, IsWhatApacheWrites) {
    EXPECT_EQ(clean_shutdown_text({13}), R"({"version":0,"brokerEpoch":13})");
}

TEST(CleanShutdownText, ReadsWhatItWrites) {
    EXPECT_EQ(parse_clean_shutdown(clean_shutdown_text({-1})), BrokerEpoch{-1});
    EXPECT_EQ(parse_clean_shutdown(clean_shutdown_text({std::int64_t{1} << 40})), BrokerEpoch{std::int64_t{1} << 40});
}

TEST(CleanShutdownText, SaysWhyATextHasNoEpoch) {
    EXPECT_TRUE(parse_clean_shutdown("").error().starts_with("not JSON"));  // before Kafka 3.7 the file was empty
    EXPECT_TRUE(parse_clean_shutdown(R"({"version":0,"brokerEpoch":1)").error().starts_with("not JSON"));
    EXPECT_EQ(parse_clean_shutdown("[]").error(), "no whole number 'brokerEpoch'");
    EXPECT_EQ(parse_clean_shutdown(R"({"version":0})").error(), "no whole number 'brokerEpoch'");
    EXPECT_EQ(parse_clean_shutdown(R"({"brokerEpoch":"13"})").error(), "no whole number 'brokerEpoch'");
}

}  // namespace
}  // namespace barnabas
