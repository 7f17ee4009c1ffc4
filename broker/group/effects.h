#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "common/moment.h"
#include "group/group_record.h"
#include "protocol/delete_groups.h"
#include "protocol/join_group.h"
#include "protocol/leave_group.h"
#include "protocol/offset_commit.h"
#include "protocol/offset_delete.h"
#include "protocol/offset_fetch.h"
#include "protocol/sync_group.h"

namespace barnabas {

/// A request whose answer may come later, in the effects of another call. The driver makes it, unique in a shard.
using Ticket = StrongId<std::uint64_t, struct TicketTag>;

/// Records that the shard asked to be written. Rising, from 1.
using WriteId = StrongId<std::uint64_t, struct WriteIdTag>;

using GroupReply = std::variant<
    JoinGroupResponse, SyncGroupResponse, LeaveGroupResponse, OffsetCommitResponse,
    OffsetFetchResponse::OffsetFetchResponseGroup, OffsetDeleteResponse, DeleteGroupsResponse>;

/// `reply` with `code` in every place where it can say what went wrong.
[[nodiscard]] GroupReply with_error(GroupReply reply, ErrorCode code);

/// What a call of the shard asks its driver to do: first the writes, in order, then the answers.
struct Effects {
    /// Appended as one batch. Then the driver replays the records into the shard, and reports `committed(id)` when the
    /// high watermark has passed them, or `failed(id)` when they were not written or not committed in time.
    struct Write {
        WriteId id;
        std::vector<GroupRecord> records;
    };
    /// Each ticket is answered once, unless its shard is given up.
    struct Answer {
        Ticket ticket;
        GroupReply reply;
    };

    std::vector<Write> writes;
    std::vector<Answer> answers;
};

}  // namespace barnabas
