#pragma once

#include <map>
#include <variant>

#include "group/effects.h"

namespace barnabas {

/// An answer that waits for a write: given as it stands once the write is committed, or with the write's error.
struct AnswerWrite {
    Ticket ticket;
    GroupReply reply;
};

/// A classic group that was just made. Members that wait in it are told when it could not be written.
struct NewGroupWrite {
    std::string group_id;
};

/// The leader's assignments, which its generation's members get when they are committed.
struct AssignmentWrite {
    std::string group_id;
    std::int32_t generation;
    std::map<std::string, Bytes, std::less<>> assignments;
};

/// A static member that came back to a stable group under a new id.
struct ComebackWrite {
    std::string group_id;
    std::string member_id;
    /// Whether the client understands that a leader need not assign again (KIP-814); others are told the old leader.
    bool may_skip_assignment;
    std::optional<std::string> old_leader;
};

using AfterWrite = std::variant<AnswerWrite, NewGroupWrite, AssignmentWrite, ComebackWrite>;

/// What is to be done when the writes under way are committed, or have failed.
class PendingWrites {
public:
    /// Adds a write to `effects`.
    WriteId begin(Effects& effects, std::vector<GroupRecord> records) {
        const WriteId id{++last_};
        pending_[id];
        effects.writes.push_back({id, std::move(records)});
        return id;
    }
    void after(WriteId id, AfterWrite what) { pending_[id].push_back(std::move(what)); }

    /// The youngest write under way.
    [[nodiscard]] std::optional<WriteId> last() const {
        return pending_.empty() ? std::nullopt : std::optional(pending_.rbegin()->first);
    }
    /// What was to be done after the write, which is over now.
    [[nodiscard]] std::vector<AfterWrite> take(WriteId id) {
        auto node = pending_.extract(id);
        return node.empty() ? std::vector<AfterWrite>() : std::move(node.mapped());
    }

private:
    std::uint64_t last_ = 0;
    std::map<WriteId, std::vector<AfterWrite>> pending_;
};

}  // namespace barnabas
