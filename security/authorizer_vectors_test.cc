#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "security/authorizer.h"

namespace barnabas {

namespace {

/// Rules and questions of testdata/authorizer.txt, with the answers that Kafka's StandardAuthorizer gave:
///   set EVERYONE; acl TYPE PATTERN RESOURCE PRINCIPAL HOST OPERATION PERMISSION
///   ask|any PRINCIPAL HOST OPERATION TYPE RESOURCE ALLOWED
///   filter TYPE PATTERN RESOURCE PRINCIPAL HOST OPERATION PERMISSION COUNT, where "-" is what is absent
class AnswersOfKafka {
public:
    void take(const std::string& line) {
        std::istringstream words(line);
        const std::string kind = word(words);
        if (kind == "set") {
            rules_.clear();
            options_ = {{"User:admin", "User:root"}, word(words) == "true"};
        } else if (kind == "acl") {
            rules_.push_back(acl(words));
        } else if (kind == "filter") {
            check_filter(words, line);
        } else {
            check_verdict(kind == "any", words, line);
        }
    }

    int checked = 0;

private:
    static std::string word(std::istringstream& words) {
        std::string next;
        words >> next;
        return next;
    }
    static std::int8_t number(std::istringstream& words) { return static_cast<std::int8_t>(std::stoi(word(words))); }
    static std::optional<std::string> optional(std::string text) {
        return text == "-" ? std::nullopt : std::optional(std::move(text));
    }

    static Acl acl(std::istringstream& words) {
        Acl acl;
        acl.type = resource_type(number(words));
        acl.pattern = pattern_type(number(words));
        acl.resource = word(words);
        acl.principal = word(words);
        acl.host = word(words);
        acl.operation = acl_operation(number(words));
        acl.permission = permission(number(words));
        return acl;
    }

    void check_filter(std::istringstream& words, const std::string& line) {
        const Acl limits = acl(words);
        const AclFilter filter{
            limits.type,           limits.pattern,   optional(limits.resource), optional(limits.principal),
            optional(limits.host), limits.operation, limits.permission
        };
        const AclSet set(rules_);
        const auto found = std::ranges::count_if(set.all(), [&](const auto& each) { return filter.matches(*each); });
        EXPECT_EQ(found, number(words)) << line;
        ++checked;
    }

    void check_verdict(bool any, std::istringstream& words, const std::string& line) {
        const std::string principal = word(words);
        const std::string host = word(words);
        const AclOperation operation = acl_operation(number(words));
        const ResourceType type = resource_type(number(words));
        const std::string resource = word(words);
        const Authorizer authorizer(std::make_shared<const AclSet>(rules_), options_);
        const AccessQuestion question{principal, host, operation, type, resource};
        const AccessVerdict verdict = any ? authorizer.authorize_any(question) : authorizer.authorize(question);
        EXPECT_EQ(verdict.allowed, number(words) == 1) << line << "\nby " << verdict.text();
        ++checked;
    }

    std::vector<Acl> rules_;
    AuthorizerOptions options_;
};

}  // namespace

TEST(Authorizer, answers_as_the_authorizer_of_kafka) {
    std::ifstream file(BARNABAS_SOURCE_DIR "/security/testdata/authorizer.txt");
    AnswersOfKafka answers;
    for (std::string line; std::getline(file, line);) {
        answers.take(line);
    }
    EXPECT_GT(answers.checked, 1000);
}

}  // namespace barnabas
