#pragma once

#include "group/classic_protocol.h"
#include "group/committed_offsets.h"

namespace barnabas {

/// Decides what groups commit, are told and lose of their offsets, and when groups without any go. Part of GroupShard,
/// which owns what is referred to here.
class OffsetRequests {
public:
    struct Parts {
        const GroupOptions& options;
        const Groups& groups;
        const CommittedOffsets& offsets;
        PendingWrites& writes;
    };
    explicit OffsetRequests(Parts parts) : parts_(parts) {}

    /// Whether such a commit may be made: none, or why not.
    [[nodiscard]] ErrorCode check_commit(const OffsetCommitRequest& request, std::int16_t version) const;
    /// The request has been checked.
    void commit(Step& step, Ticket ticket, const OffsetCommitRequest& request);
    void fetch(
        Step& step, Ticket ticket, const OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable
    );
    void delete_offsets(Step& step, Ticket ticket, const OffsetDeleteRequest& request);
    void delete_groups(Step& step, Ticket ticket, std::span<const std::string_view> group_ids);

    void topics_deleted(Step& step, std::span<const std::string> topics);
    void expire(Step& step);

private:
    using Records = std::vector<GroupRecord>;

    [[nodiscard]] ErrorCode check_delete(std::string_view group_id) const;
    /// Removes every offset of the group, in open transactions, too.
    void remove_all(std::string_view group_id, Records& records) const;
    /// Removes the group itself.
    void remove_group(std::string_view group_id, Records& records) const;
    /// True when none is left.
    bool expire_offsets(Moment now, const std::string& group_id, const Group& group, Records& records) const;
    /// In as many writes as their size asks for. The last one.
    WriteId write_all(Step& step, Records records);

    Parts parts_;
};

/// What a commit that may not be made is answered with.
[[nodiscard]] OffsetCommitResponse commit_refused(const OffsetCommitRequest& request, ErrorCode code);

}  // namespace barnabas
