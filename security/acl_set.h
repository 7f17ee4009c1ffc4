#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "security/acl.h"

namespace barnabas {

/// All access rules at one moment. Never changes once it is made, and so may be read by any thread; a new set is made
/// when rules have changed, of the same rules but for those that changed. It neither moves nor copies: what it hands
/// out points into it.
class AclSet {
public:
    using Rule = std::shared_ptr<const Acl>;
    using Rules = std::span<const Rule>;

    /// Keeps one of rules that say the same; leaves out those that `validate` refuses.
    explicit AclSet(std::vector<Acl> rules);
    /// `sorted` are by `before`, and valid. Rules that say the same are kept, which changes no decision.
    explicit AclSet(std::vector<Rule> sorted);
    AclSet(const AclSet&) = delete;
    AclSet& operator=(const AclSet&) = delete;

    /// The order of the rules: resource type, pattern type, name of the resource, principal, the rest.
    [[nodiscard]] static bool before(const Rule& left, const Rule& right) { return *left < *right; }

    [[nodiscard]] Rules all() const { return rules_; }

    /// Calls `visit(rules)` for each pattern that concerns the resource, with its rules sorted by principal: the
    /// pattern that names it, every prefix of it, and the wildcard. Ends when `visit` answers false.
    template <class Visit>
    void for_each_pattern(ResourceType type, std::string_view resource, Visit visit) const {
        if (const Rules rules = literal(type, resource); !rules.empty() && !visit(rules)) {
            return;
        }
        for (const Prefix* prefix = longest_prefix(type, resource); prefix; prefix = shorter(*prefix)) {
            if (!visit(slice(prefix->rules))) {
                return;
            }
        }
        if (const Rules rules = literal(type, any_name); resource != any_name && !rules.empty()) {
            visit(rules);
        }
    }

    /// The rules of one pattern that are for `principal`.
    [[nodiscard]] static Rules for_principal(Rules pattern, std::string_view principal);

    /// What a rule says, whatever the names and hosts that it says it of.
    struct Statement {
        ResourceType type = ResourceType::unknown;
        std::string_view principal = {};
        AclOperation operation = AclOperation::unknown;
        Permission permission = Permission::unknown;

        bool operator==(const Statement&) const = default;
    };
    /// Whether `visit(acl)` is true of one of the rules that make the statement; it is asked no further.
    template <class Visit>
    [[nodiscard]] bool any_of(const Statement& statement, Visit visit) const {
        std::uint32_t place = statements_[place_of(statement)];
        while (place != none && !visit(*rules_[place])) {
            place = next_[place];
        }
        return place != none;
    }

private:
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };
    /// A prefixed pattern. `shorter` is the longest other one that it begins with, as its index: with it, all prefixes
    /// of a name are found from its neighbour in the order of names.
    struct Prefix {
        std::string_view name;
        Range rules;
        std::uint32_t shorter = none;
    };
    /// A place of the hash table of literal patterns; free when the range is empty.
    struct Literal {
        std::size_t hash = 0;
        Range rules;
    };
    static constexpr std::uint32_t none = UINT32_MAX;
    static constexpr std::size_t types = static_cast<std::size_t>(ResourceType::user) + 1;

    void index();
    void add_pattern(Range range);
    void add_literal(Range range);
    void add_prefix(Range range);
    void add_statement(std::uint32_t rule);
    [[nodiscard]] Rules slice(Range range) const { return all().subspan(range.first, range.last - range.first); }
    [[nodiscard]] Rules literal(ResourceType type, std::string_view name) const;
    /// Where in statements_ it stands, or is free for it.
    [[nodiscard]] std::size_t place_of(const Statement& statement) const;
    [[nodiscard]] const Prefix* longest_prefix(ResourceType type, std::string_view name) const;
    [[nodiscard]] const Prefix* shorter(const Prefix& prefix) const {
        return prefix.shorter == none ? nullptr : &prefixes_[prefix.shorter];
    }

    std::vector<Rule> rules_;
    std::vector<Literal> literals_;           ///< open addressing; at most half full, its size a power of two
    std::vector<Prefix> prefixes_;            ///< by type, then name; views into the rules
    std::array<Range, types> prefixes_of_{};  ///< where each type's are in prefixes_
    std::vector<std::uint32_t> statements_;   ///< hashed like literals_: the first rule of each, `none` where free
    std::vector<std::uint32_t> next_;         ///< of each rule: the next one that makes the same statement
};

}  // namespace barnabas
