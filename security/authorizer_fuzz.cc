#include "common/check.h"
#include "security/authorizer.h"

// Super users, and rules of three bytes each that share few names: the set's answer is that of a walk through all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    (void)parse_super_users({reinterpret_cast<const char*>(data), size});
    constexpr std::string_view letters = "*aabab";
    const auto named = [&](std::uint8_t byte) { return std::string(letters.substr(byte % 5, 1 + byte / 8 % 3)); };
    std::vector<Acl> rules;
    for (std::size_t i = 0; i + 3 < size; i += 3) {
        rules.push_back(
            {ResourceType::topic,
             data[i] % 2 ? PatternType::literal : PatternType::prefixed,
             named(data[i + 1]),
             "User:a",
             "*",
             acl_operation(static_cast<std::int8_t>(2 + data[i + 2] % 14)),
             data[i] % 4 < 2 ? Permission::allow : Permission::deny,
             {}}
        );
    }
    const std::string topic = named(size ? data[size - 1] : 0);
    AclFilter filter;
    filter.pattern = PatternType::match;
    filter.resource = topic;
    const Authorizer authorizer(std::make_shared<const AclSet>(rules), {});
    bool allowed = false;
    bool denied = false;
    for (const Acl& acl : rules) {
        const bool asked = acl.operation == AclOperation::create || acl.operation == AclOperation::all;
        allowed |= asked && filter.matches(acl) && acl.permission == Permission::allow;
        denied |= asked && filter.matches(acl) && acl.permission == Permission::deny;
    }
    const AccessQuestion question{"User:a", "h", AclOperation::create, ResourceType::topic, topic};
    CHECK(authorizer.authorize(question).allowed == (allowed && !denied));
    (void)authorizer.authorize_any(question);
    return 0;
}
