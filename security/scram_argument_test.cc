#include "security/scram_argument.h"

#include <gtest/gtest.h>

#include "common/base64.h"

namespace barnabas {
namespace {

constexpr std::string_view argument_salt = "MXAxOTdwNWwzMWhseG1mZ3o3eTZ3bXhmMA==";

std::expected<ScramArgument, std::string> parse_argument(const std::string& text) {
    return parse_scram_argument(text, as_bytes("fallback"));
}

std::string base64_of(const Bytes& bytes) {
    return encode_base64(bytes, Base64::standard);
}

/// The keys are those that kafka-storage 4.3.1 has made of the same words.
TEST(ScramArgument, MakesTheKeysThatKafkaMakes) {
    const auto alice =
        parse_argument("SCRAM-SHA-256=[name=alice,password=alice-secret,salt=" + std::string(argument_salt) + "]");
    ASSERT_TRUE(alice) << alice.error();
    EXPECT_EQ(alice->user, "alice");
    EXPECT_EQ(alice->mechanism, ScramMechanism::sha_256);
    EXPECT_EQ(alice->credential.iterations, 4096);
    EXPECT_EQ(base64_of(alice->credential.salt), argument_salt);
    EXPECT_EQ(base64_of(alice->credential.stored_key), "9YGi5ODjkWdekhI9s3jI3wFYr+GEYiO8qDWSLykO+/I=");
    EXPECT_EQ(base64_of(alice->credential.server_key), "U9/LJv95wRyV6Q+ijjmW1BmAwWTe5OlwuyUGXq4/+Dk=");

    const auto salted = parse_argument(
        "SCRAM-SHA-256=[name=alice,salt=\"" + std::string(argument_salt) +
        "\",saltedpassword=\"mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE=\",iterations=8192]"
    );
    ASSERT_TRUE(salted) << salted.error();
    EXPECT_EQ(salted->credential.iterations, 8192);
    EXPECT_EQ(base64_of(salted->credential.stored_key), "XTIqoHHo3sscdYxycL07uh8utmHn9fXtjqyDF67CjSU=");
    EXPECT_EQ(base64_of(salted->credential.server_key), "Za53R2yENISN7fHL7WUxriFkV7cfbrO3+CtEptMbTPE=");

    const auto quoted =
        parse_argument(R"(SCRAM-SHA-256=[name="alice",password="a\"b",salt=)" + std::string(argument_salt) + "]");
    ASSERT_TRUE(quoted) << quoted.error();
    EXPECT_EQ(quoted->user, "alice");
    EXPECT_EQ(base64_of(quoted->credential.stored_key), "fRDtwDC+HtNA/SyFcH+7tLTSqFdGPjJPutX7Ly0gZmE=");
}

TEST(ScramArgument, TakesTheSaltItIsGiven) {
    const auto alice = parse_argument("SCRAM-SHA-512=[name=alice,iterations=5000,password=a=b,]");
    ASSERT_TRUE(alice) << alice.error();
    EXPECT_EQ(as_text(alice->credential.salt), "fallback");
    EXPECT_EQ(alice->credential.iterations, 5000);
    EXPECT_EQ(alice->credential.stored_key.size(), 64U);
}

TEST(ScramArgument, RefusesWithoutShowingASecret) {
    for (const std::string text : {
             "",
             "SCRAM-SHA-256",
             "SCRAM-SHA-1=[name=a,password=planted]",
             "SCRAM-SHA-256 =[name=a,password=planted]",
             "SCRAM-SHA-256=name=a,password=planted",
             "SCRAM-SHA-256=[name=a,password=planted",
             "SCRAM-SHA-256=[",
             "SCRAM-SHA-256=[]",
             "SCRAM-SHA-256=[password=planted]",
             "SCRAM-SHA-256=[name=,password=planted]",
             "SCRAM-SHA-256=[ name=a,password=planted]",
             "SCRAM-SHA-256=[name=a,password=]",
             "SCRAM-SHA-256=[name=a]",
             "SCRAM-SHA-256=[name=a,password=plan,ted]",
             "SCRAM-SHA-256=[name=a,name=b,password=planted]",
             "SCRAM-SHA-256=[name=a,password=planted,planted=x]",
             "SCRAM-SHA-256=[name=a,password=planted,iterations=4095]",
             "SCRAM-SHA-256=[name=a,password=planted,iterations=16385]",
             "SCRAM-SHA-256=[name=a,password=planted,iterations=5000x]",
             "SCRAM-SHA-256=[name=a,password=planted,salt=?]",
             "SCRAM-SHA-256=[name=a,salt=AAAA,saltedpassword=AAAA]",
             "SCRAM-SHA-256=[name=a,saltedpassword=mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE=]",
             "SCRAM-SHA-256=[name=a,password=planted,salt=AAAA,saltedpassword="
             "mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE=]",
         }) {
        const auto parsed = parse_argument(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_FALSE(parsed.error().empty()) << text;
        EXPECT_EQ(parsed.error().find("plan"), std::string::npos) << parsed.error();
    }
}

}  // namespace
}  // namespace barnabas
