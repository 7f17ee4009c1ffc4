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

TEST(Jaas, is_written_as_it_is_read) {
    const JaasEntry entry{"a.b.M", "required", {{"user_x y", "a\"b\\c\nd'e"}, {"z", ""}, {"=", "\u00ff"}}};
    const auto again = parse_jaas(entry.text());
    ASSERT_TRUE(again) << entry.text();
    EXPECT_EQ(*again, entry);
}

TEST(JaasFiles, have_sections_of_login_modules) {
    const auto file = parse_jaas_file(R"(
        // as in Kafka's documentation
        KafkaServer {
            org.apache.kafka.common.security.plain.PlainLoginModule required
            username="admin"
            user_alice="alice-secret";
            org.apache.kafka.common.security.scram.ScramLoginModule required;
        };
        clients.KafkaServer { com.sun.security.auth.module.Krb5LoginModule required keyTab="/x"; };
    )");
    ASSERT_TRUE(file) << file.error().detail;
    ASSERT_EQ(file->size(), 2u);
    const auto& server = file->at("KafkaServer");
    ASSERT_EQ(server.size(), 2u);
    ASSERT_NE(jaas_entry_for("PLAIN", server), nullptr);
    EXPECT_EQ(jaas_entry_for("PLAIN", server)->option("user_alice"), "alice-secret");
    EXPECT_EQ(jaas_entry_for("SCRAM-SHA-512", server), &server[1]);
    EXPECT_EQ(jaas_entry_for("GSSAPI", server), nullptr);
    EXPECT_NE(jaas_entry_for("GSSAPI", file->at("clients.KafkaServer")), nullptr);
    EXPECT_TRUE(parse_jaas_file(" ")->empty());
}

TEST(JaasFiles, that_cannot_be_read_are_told_without_their_values) {
    for (const auto text :
         {"A", "A {", "A { M required a=\"s3cret\"; }", "A { M required a=\"s3cret\" };",
          "A { M required a=\"${s3cret}\"; };", "{ };", "A { }; A { };", "A { M s3cret; };",
          "A { M required a=\"s3cret\n\"; };"}) {
        const auto file = parse_jaas_file(text);
        ASSERT_FALSE(file) << text;
        EXPECT_EQ(file.error().detail.find("s3cret"), std::string::npos) << file.error().detail;
    }
}

}  // namespace barnabas
