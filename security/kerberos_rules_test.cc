#include "security/kerberos_rules.h"

#include <gtest/gtest.h>

namespace barnabas {

namespace {

std::string local(const std::vector<std::string>& rules, std::string_view principal) {
    const auto parsed = KerberosRules::parse(rules);
    const auto name = KerberosName::parse(principal);
    if (!parsed || !name) {
        return "invalid";
    }
    return parsed->name_of(*name, "EXAMPLE.COM").value_or("none");
}

}  // namespace

TEST(KerberosRules, take_the_primary_of_the_own_realm) {
    EXPECT_EQ(local({"DEFAULT"}, "alice@EXAMPLE.COM"), "alice");
    EXPECT_EQ(local({"DEFAULT"}, "alice"), "alice");
    EXPECT_EQ(local({"DEFAULT"}, "kafka/host@EXAMPLE.COM"), "kafka");
    EXPECT_EQ(local({"DEFAULT"}, "alice@OTHER"), "none");
}

TEST(KerberosRules, rewrite_as_they_say) {
    EXPECT_EQ(local({"RULE:[1:$1@$0](.*@OTHER)s/@.*//", "DEFAULT"}, "alice@OTHER"), "alice");
    EXPECT_EQ(local({"RULE:[2:$1-$2](app-.*)s/app-(.*)/$1/", "DEFAULT"}, "app/billing@EXAMPLE.COM"), "billing");
    EXPECT_EQ(local({"RULE:[1:$1]/L"}, "ALICE@EXAMPLE.COM"), "alice");
    EXPECT_EQ(local({"RULE:[1:$1]s/a/b/g/U"}, "abra@EXAMPLE.COM"), "BBRB");
    EXPECT_EQ(local({"RULE:[1:$1]s/a/b/"}, "abra@EXAMPLE.COM"), "bbra");
    EXPECT_EQ(local({"RULE:[2:$1]"}, "alice@EXAMPLE.COM"), "none");
    EXPECT_EQ(local({"RULE:[1:$1@$0]"}, "alice@EXAMPLE.COM"), "none");
}

TEST(KerberosRules, that_cannot_be_read_are_refused) {
    for (const auto rule :
         {"", "default", "RULE:[3:$1]", "RULE:[1:$1", "RULE:[1:$1](", "RULE:[1:$1]s/a/b", "RULE:[1:$1](*)",
          "RULE:[1:$1]s/a/$1/", "RULE:[1:$1]x"}) {
        EXPECT_FALSE(KerberosRules::parse({rule})) << rule;
    }
    EXPECT_EQ(local({"DEFAULT"}, "@X"), "invalid");
    EXPECT_EQ(local({"DEFAULT"}, "a@b@X"), "invalid");
}

}  // namespace barnabas
