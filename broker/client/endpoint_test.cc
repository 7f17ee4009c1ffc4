#include "client/endpoint.h"

#include <gmock/gmock.h>

namespace barnabas {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Endpoint, ReadsAList) {
    EXPECT_THAT(*parse_endpoints("one:9092, two:9093,"), ElementsAre(HostPort{"one", 9092}, HostPort{"two", 9093}));
}

TEST(Endpoint, ReadsIpv6AndListenerNames) {
    EXPECT_THAT(*parse_endpoints("[::1]:9092"), ElementsAre(HostPort{"::1", 9092}));
    EXPECT_EQ((HostPort{"::1", 9092}).text(), "[::1]:9092");
    EXPECT_THAT(*parse_endpoints("PLAINTEXT://h:1"), ElementsAre(HostPort{"h", 1}));
}

TEST(Endpoint, SaysWhatIsWrong) {
    EXPECT_THAT(parse_endpoints("host").error(), HasSubstr("'host' has no port"));
    EXPECT_THAT(parse_endpoints("host:99999").error(), HasSubstr("between 1 and 65535"));
    EXPECT_THAT(parse_endpoints("host:0").error(), HasSubstr("between 1 and 65535"));
    EXPECT_THAT(parse_endpoints(":9092").error(), HasSubstr("has no host"));
    EXPECT_THAT(parse_endpoints("").error(), HasSubstr("no server is named"));
}

}  // namespace barnabas
