#include "security/acl_set.h"

#include <algorithm>

namespace barnabas {

namespace {

bool says_the_same(const Acl& left, const Acl& right) {
    Acl twin = left;
    twin.id = right.id;
    return twin == right;
}

bool one_pattern(const Acl& left, const Acl& right) {
    return left.type == right.type && left.pattern == right.pattern && left.resource == right.resource;
}

std::size_t index_of(ResourceType type) {
    return static_cast<std::size_t>(type);
}

}  // namespace

AclSet::AclSet(std::vector<Acl> rules) : rules_(std::move(rules)) {
    std::erase_if(rules_, [](const Acl& acl) { return !validate(acl); });
    std::ranges::sort(rules_);
    rules_.erase(std::unique(rules_.begin(), rules_.end(), says_the_same), rules_.end());
    for (std::uint32_t first = 0, last = 0; first < rules_.size(); first = last) {
        while (last < rules_.size() && one_pattern(rules_[first], rules_[last])) {
            ++last;
        }
        add_pattern({first, last});
    }
}

void AclSet::add_pattern(Range range) {
    const Acl& rule = rules_[range.first];
    Range& of_type = rules_of_[index_of(rule.type)];
    of_type = {of_type.last == 0 ? range.first : of_type.first, range.last};
    if (rule.pattern == PatternType::literal) {
        literals_.emplace(Literal{rule.type, rule.resource}, range);
        return;
    }
    Range& prefixes = prefixes_of_[index_of(rule.type)];
    const auto place = static_cast<std::uint32_t>(prefixes_.size());
    std::uint32_t shorter = prefixes.last == 0 ? none : place - 1;
    while (shorter != none && !rule.resource.starts_with(prefixes_[shorter].name)) {
        shorter = prefixes_[shorter].shorter;
    }
    prefixes_.push_back({rule.resource, range, shorter});
    prefixes = {prefixes.last == 0 ? place : prefixes.first, place + 1};
}

AclSet::Rules AclSet::of_type(ResourceType type) const {
    return slice(rules_of_[index_of(type)]);
}

AclSet::Rules AclSet::literal(ResourceType type, std::string_view name) const {
    const auto found = literals_.find(Literal{type, name});
    return found == literals_.end() ? Rules() : slice(found->second);
}

// Whatever begins `name` stands before it in the order of names, and everything between the two begins with it.
const AclSet::Prefix* AclSet::longest_prefix(ResourceType type, std::string_view name) const {
    const Range range = prefixes_of_[index_of(type)];
    const auto first = prefixes_.begin() + range.first;
    const auto after = std::ranges::upper_bound(first, prefixes_.begin() + range.last, name, {}, &Prefix::name);
    const Prefix* prefix = after == first ? nullptr : &*std::prev(after);
    while (prefix && !name.starts_with(prefix->name)) {
        prefix = shorter(*prefix);
    }
    return prefix;
}

AclSet::Rules AclSet::for_principal(Rules pattern, std::string_view principal) {
    const auto found = std::ranges::equal_range(pattern, principal, std::ranges::less(), [](const Acl& acl) {
        return std::string_view(acl.principal);
    });
    return {found.begin(), found.end()};
}

}  // namespace barnabas
