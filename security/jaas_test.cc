#include "security/jaas.h"

#include <gtest/gtest.h>

namespace barnabas {

TEST(Jaas, reads_a_login_module_and_its_options) {
    const auto entry = parse_jaas(
        "org.apache.kafka.common.security.plain.PlainLoginModule required\n"
        "  username=\"admin\" password='it\\'s' user_admin=\"a\\\"b;=c\" // a comment\n"
        "  serviceName=kafka storeKey=true /* and another */ user_x=\"\";"
    );
    ASSERT_TRUE(entry) << entry.error().detail;
    EXPECT_EQ(entry->short_name(), "PlainLoginModule");
    EXPECT_EQ(entry->flag, "required");
    EXPECT_EQ(entry->option("username"), "admin");
    EXPECT_EQ(entry->option("password"), "it's");
    EXPECT_EQ(entry->option("user_admin"), "a\"b;=c");
    EXPECT_EQ(entry->option("serviceName"), "kafka");
    EXPECT_EQ(entry->option("missing"), "");
    EXPECT_EQ(entry->options.size(), 6u);
}

TEST(Jaas, knows_java_s_escapes) {
    const auto entry = parse_jaas(R"(M Required a="x\ty\101\\" b="\377";)");
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->option("a"), "x\tyA\\");
    EXPECT_EQ(entry->option("b"), "\u00ff");
}

TEST(Jaas, says_what_is_wrong_and_shows_no_value) {
    for (const auto text :
         {"", "M", "M required", "M always;", "M required user_a=\"s3cret\"", "M required a \"s3cret\";",
          "M required a=;", "M required a=\"s3cret", "M required a=\"s3cret\n\";", "M required; N required;",
          "M required a=s3cret/*", "M required =s3cret;", "; required", "M required a=\"b\" s3cret;"}) {
        const auto entry = parse_jaas(text);
        ASSERT_FALSE(entry) << text;
        EXPECT_EQ(entry.error().code, ErrorCode::invalid_config);
        EXPECT_EQ(entry.error().detail.find("s3cret"), std::string::npos) << entry.error().detail;
    }
}

}  // namespace barnabas
