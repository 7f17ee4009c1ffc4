#include "security/certificate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "security/pem.h"

namespace barnabas {
namespace {

std::string testdata_text(const std::string& name) {
    std::ifstream file(BARNABAS_SOURCE_DIR "/security/testdata/" + name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// subjects.txt is what Java 17's X500Principal.getName() says of the certificates in subjects.pem.
TEST(Certificate, WritesSubjectsAsJavaDoes) {
    const std::string pem = testdata_text("subjects.pem");
    const auto certificates = read_pem_certificates("subjects.pem", as_bytes(pem));
    ASSERT_TRUE(certificates) << certificates.error().detail;
    std::istringstream lines(testdata_text("subjects.txt"));
    std::string line;
    std::size_t compared = 0;
    for (; std::getline(lines, line); ++compared) {
        ASSERT_LT(compared, certificates->size());
        EXPECT_EQ(subject_of(*(*certificates)[compared]), line);
    }
    EXPECT_EQ(compared, 9);
}

}  // namespace
}  // namespace barnabas
