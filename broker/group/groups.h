#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>

#include "group/classic_group.h"

namespace barnabas {

/// A consumer, share or streams group, as far as this shard knows it: its records stay in the log as they are. It can
/// be listed, and deleted when it has no members.
struct OtherGroup {
    GroupType type;
    std::set<Bytes> keys;  ///< of its records
    std::set<std::string, std::less<>> members;
};

using Group = std::variant<ClassicGroup, OtherGroup>;

/// The groups of one shard, by id.
class Groups {
public:
    using ById = std::map<std::string, Group, std::less<>>;

    [[nodiscard]] const ById& by_id() const { return by_id_; }
    /// Null when there is none.
    [[nodiscard]] const Group* find(std::string_view id) const {
        const auto found = by_id_.find(id);
        return found == by_id_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] Group* find(std::string_view id) {
        const auto found = by_id_.find(id);
        return found == by_id_.end() ? nullptr : &found->second;
    }
    /// Null when there is none, or one of another type.
    [[nodiscard]] ClassicGroup* classic(std::string_view id) {
        Group* group = find(id);
        return group ? std::get_if<ClassicGroup>(group) : nullptr;
    }

    ClassicGroup& put(ClassicGroup group) {
        std::string id = group.id();
        return std::get<ClassicGroup>(by_id_.insert_or_assign(std::move(id), std::move(group)).first->second);
    }
    /// The one of this id, made when there is none, or when there is one of another type.
    OtherGroup& other(const std::string& id, GroupType type) {
        const auto found = by_id_.find(id);
        if (found != by_id_.end()) {
            auto* other = std::get_if<OtherGroup>(&found->second);
            if (other && other->type == type) {
                return *other;
            }
        }
        return std::get<OtherGroup>(by_id_.insert_or_assign(id, OtherGroup{type, {}, {}}).first->second);
    }
    void erase(std::string_view id) {
        if (const auto found = by_id_.find(id); found != by_id_.end()) {
            by_id_.erase(found);
        }
    }

private:
    ById by_id_;
};

}  // namespace barnabas
