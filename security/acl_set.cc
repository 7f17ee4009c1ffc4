#include "security/acl_set.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

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

std::size_t hash_of(ResourceType type, std::string_view name) {
    return std::hash<std::string_view>()(name) + static_cast<std::size_t>(type);
}

AclSet::Statement statement_of(const Acl& acl) {
    return {acl.type, acl.principal, acl.operation, acl.permission};
}

std::size_t index_of(ResourceType type) {
    return static_cast<std::size_t>(type);
}

}  // namespace

AclSet::AclSet(std::vector<Acl> rules) {
    std::erase_if(rules, [](const Acl& acl) { return !validate(acl); });
    std::ranges::sort(rules);
    rules.erase(std::unique(rules.begin(), rules.end(), says_the_same), rules.end());
    rules_.reserve(rules.size());
    for (Acl& acl : rules) {
        rules_.push_back(std::make_shared<const Acl>(std::move(acl)));
    }
    index();
}

AclSet::AclSet(std::vector<Rule> sorted) : rules_(std::move(sorted)) {
    index();
}

void AclSet::index() {
    literals_.resize(std::bit_ceil(2 * rules_.size() + 1));
    for (std::uint32_t first = 0, last = 0; first < rules_.size(); first = last) {
        while (last < rules_.size() && one_pattern(*rules_[first], *rules_[last])) {
            ++last;
        }
        add_pattern({first, last});
    }
    statements_.assign(literals_.size(), none);
    next_.assign(rules_.size(), none);
    for (auto rule = static_cast<std::uint32_t>(rules_.size()); rule > 0; --rule) {
        add_statement(rule - 1);
    }
}

void AclSet::add_pattern(Range range) {
    if (rules_[range.first]->pattern == PatternType::literal) {
        add_literal(range);
    } else {
        add_prefix(range);
    }
}

void AclSet::add_literal(Range range) {
    const Acl& rule = *rules_[range.first];
    const std::size_t hash = hash_of(rule.type, rule.resource);
    std::size_t place = hash & (literals_.size() - 1);
    while (literals_[place].rules.last != 0) {
        place = (place + 1) & (literals_.size() - 1);
    }
    literals_[place] = {hash, range};
}

void AclSet::add_prefix(Range range) {
    const Acl& rule = *rules_[range.first];
    Range& prefixes = prefixes_of_[index_of(rule.type)];
    const auto place = static_cast<std::uint32_t>(prefixes_.size());
    std::uint32_t shorter = prefixes.last == 0 ? none : place - 1;
    while (shorter != none && !rule.resource.starts_with(prefixes_[shorter].name)) {
        shorter = prefixes_[shorter].shorter;
    }
    prefixes_.push_back({rule.resource, range, shorter});
    prefixes = {prefixes.last == 0 ? place : prefixes.first, place + 1};
}

void AclSet::add_statement(std::uint32_t rule) {
    std::uint32_t& first = statements_[place_of(statement_of(*rules_[rule]))];
    next_[rule] = std::exchange(first, rule);
}

std::size_t AclSet::place_of(const Statement& statement) const {
    const std::size_t mask = statements_.size() - 1;
    const auto verb = static_cast<std::size_t>(statement.operation) * 2 + (statement.permission == Permission::allow);
    std::size_t place = (hash_of(statement.type, statement.principal) + verb * types) & mask;
    while (statements_[place] != none && statement_of(*rules_[statements_[place]]) != statement) {
        place = (place + 1) & mask;
    }
    return place;
}

AclSet::Rules AclSet::literal(ResourceType type, std::string_view name) const {
    const std::size_t hash = hash_of(type, name);
    for (std::size_t place = hash;; ++place) {
        const Literal& literal = literals_[place & (literals_.size() - 1)];
        if (literal.rules.last == 0) {
            return {};
        }
        const Acl& rule = *rules_[literal.rules.first];
        if (literal.hash == hash && rule.type == type && rule.resource == name) {
            return slice(literal.rules);
        }
    }
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
    const auto found = std::ranges::equal_range(pattern, principal, std::ranges::less(), [](const Rule& acl) {
        return std::string_view(acl->principal);
    });
    return {found.begin(), found.end()};
}

}  // namespace barnabas
