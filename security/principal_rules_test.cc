#include "security/principal_rules.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

std::string mapped(std::string_view rules, std::string_view distinguished_name) {
    const auto parsed = PrincipalRules::parse(rules);
    if (!parsed) {
        return "invalid";
    }
    return parsed->name_of(distinguished_name).value_or("none");
}

}  // namespace

// What Kafka's SslPrincipalMapper answered to the same.
TEST(PrincipalRules, map_names_as_kafka_maps_them) {
    EXPECT_EQ(mapped("DEFAULT", "CN=kafka,OU=x"), "CN=kafka,OU=x");
    EXPECT_EQ(mapped("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/", "CN=kafka1,OU=ServiceUsers,O=Unknown"), "kafka1");
    EXPECT_EQ(
        mapped(" RULE:^CN=(.*?),OU=(.*?),O=.*$/$1@$2/L , DEFAULT ", "CN=Adm1,OU=TestUsers,O=U,L=U,ST=U,C=U"),
        "adm1@testusers"
    );
    EXPECT_EQ(mapped("RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U", "CN=adm.2,OU=x"), "ADM.2");
    EXPECT_EQ(mapped("RULE:^CN=a\\/(.*)$/$1/", "CN=a/b"), "b");
    EXPECT_EQ(mapped("RULE:a,b/c,d/,DEFAULT", "a,b"), "c,d");
    EXPECT_EQ(mapped(",,DEFAULT,,", "a"), "a");
    EXPECT_EQ(mapped("RULE:/e/", ""), "e");
}

TEST(PrincipalRules, replace_every_match_as_java_does) {
    EXPECT_EQ(mapped("RULE:(.*)/$1x/", "abc"), "abcxx");
    EXPECT_EQ(mapped("RULE:.*/y/", "abc"), "yy");
    EXPECT_EQ(mapped("RULE:a|ab/z/", "ab"), "zb");
}

TEST(PrincipalRules, take_a_reference_to_a_group_that_is_not_there_as_text) {
    EXPECT_EQ(mapped("RULE:^CN=(.*)$/$1@$4/", "CN=k"), "k@$4");
    EXPECT_EQ(mapped("RULE:^CN=(.*)$/$12/", "CN=k"), "k2");
    EXPECT_EQ(mapped("RULE:^CN=(.*)$/$3$12/", "CN=k"), "$3k2");
    EXPECT_EQ(mapped("RULE:^CN=(.*)$/$0$01/", "CN=k"), "CN=kk");
    EXPECT_EQ(mapped("RULE:^CN=(.*)$/\\$1\\/z/", "CN=k"), "$1/z");
}

TEST(PrincipalRules, that_kafka_cannot_read_or_use_are_refused) {
    for (const auto rules :
         {"RULE:a/b, RULE:c/d/", "RULE:abc", "DEFAULTx", "foo", "RULE:a/b/Lx", "RULE:a/b/ L", "RULE:^CN=(.*)$/$1\\",
          "RULE:a/b/L DEFAULT", "RULE:(/b/", "RULE:^CN=.*$/$1/", "RULE:^CN=(.*)$/$x/", "RULE:^CN=(.*)$/$1$/"}) {
        EXPECT_EQ(mapped(rules, "a"), "invalid") << rules;
    }
}

TEST(PrincipalRules, without_back_references_or_look_around_are_all_there_are) {
    EXPECT_EQ(mapped("RULE:(?=a)a/b/", "a"), "invalid");
    EXPECT_EQ(mapped("RULE:(a)\\1/b/", "aa"), "invalid");
}

TEST(PrincipalRules, give_no_name_when_none_applies) {
    EXPECT_EQ(mapped("", "CN=kafka"), "none");
    EXPECT_EQ(mapped("RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/", "CN=kafka1,OU=Other"), "none");
}

TEST(PrincipalRules, change_the_case_of_ascii_names_only) {
    EXPECT_EQ(mapped("RULE:(.+)/$1/", "CN=J\u00fcrgen"), "CN=J\u00fcrgen");
    EXPECT_EQ(mapped("RULE:(.+)/$1/L,DEFAULT", "CN=J\u00fcrgen"), "none");
}

}  // namespace barnabas
