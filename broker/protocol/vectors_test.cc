#include "protocol/vectors.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace barnabas {

namespace {

TEST(Vectors, TheCodecAgreesWithApacheKafkas) {
    std::ifstream file(BARNABAS_SOURCE_DIR "/broker/protocol/testdata/codec.jsonl");
    ASSERT_TRUE(file);
    std::ostringstream report;
    const VectorCount count = check_vectors(file, report);
    EXPECT_GT(count.passed, 400);
    EXPECT_EQ(count.failed, 0) << report.str();
}

TEST(Vectors, AWrongByteIsReportedWithItsLine) {
    std::istringstream file(
        R"({"message":"HeartbeatResponse","kind":"response","version":0,"value":{"errorCode":27},"hex":"001c"})"
    );
    std::ostringstream report;
    EXPECT_EQ(check_vectors(file, report).failed, 1);
    EXPECT_EQ(report.str(), "line 1: HeartbeatResponse v0: decoded {\"errorCode\":28}, expected {\"errorCode\":27}\n");
}

TEST(Vectors, UnknownTaggedFieldsSurvive) {
    std::istringstream file(
        R"({"message":"HeartbeatResponse","kind":"response","version":4,"value":{"throttleTimeMs":0,"errorCode":27},)"
        R"("hex":"00000000001b01630102"})"
    );
    std::ostringstream report;
    check_vectors(file, report);
    EXPECT_EQ(report.str(), "");
}

}  // namespace

}  // namespace barnabas
