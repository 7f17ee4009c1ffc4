#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/clock.h"
#include "model/ids.h"
#include "protocol/group_coordinator_records.h"

namespace barnabas {

/// How far a group has read a partition.
struct CommittedOffset {
    Offset offset;
    LeaderEpoch leader_epoch = no_leader_epoch;
    std::string metadata;
    Timestamp committed_at = no_timestamp;
    std::optional<Timestamp> expires_at;  ///< from clients that ask for a retention of their own
    TopicId topic_id;                     ///< zero where the writer did not know it
    Offset log_offset = no_offset;        ///< of its record

    [[nodiscard]] static CommittedOffset from(const OffsetCommitValue& value, Offset log_offset);
    [[nodiscard]] OffsetCommitValue stored() const;

    bool operator==(const CommittedOffset&) const = default;
};

/// The committed offsets of one shard's groups, and those of transactions that are still open.
class CommittedOffsets {
public:
    using Partitions = std::map<PartitionId, CommittedOffset>;
    using Topics = std::map<std::string, Partitions, std::less<>>;
    using ByGroup = std::map<std::string, Topics, std::less<>>;

    void put(const OffsetCommitKey& key, CommittedOffset offset);
    /// Also drops what open transactions hold for the partition.
    void erase(const OffsetCommitKey& key);
    /// Held back until `end` of the producer's transaction.
    void put_pending(ProducerId producer, const OffsetCommitKey& key, CommittedOffset offset);
    /// Of a partition's committed and pending offsets, the one that stands later in the log counts.
    void end(ProducerId producer, bool committed);

    [[nodiscard]] const ByGroup& by_group() const { return by_group_; }
    /// Null when the group has none.
    [[nodiscard]] const Topics* of(std::string_view group) const;
    [[nodiscard]] const CommittedOffset* find(std::string_view group, std::string_view topic, PartitionId partition)
        const;

    /// Whether an open transaction may still change the partition's offset.
    [[nodiscard]] bool is_pending(std::string_view group, std::string_view topic, PartitionId partition) const;
    [[nodiscard]] bool has_pending(std::string_view group) const { return open_.contains(group); }
    /// Partitions of the group in open transactions, by topic.
    using OpenTopics = std::map<std::string, std::map<PartitionId, std::set<ProducerId>>, std::less<>>;
    [[nodiscard]] const OpenTopics* pending_of(std::string_view group) const;

private:
    using Pending = std::map<std::string, Topics, std::less<>>;

    void close(ProducerId producer, std::string_view group, std::string_view topic, PartitionId partition);

    ByGroup by_group_;
    std::map<ProducerId, Pending> pending_;
    std::map<std::string, OpenTopics, std::less<>> open_;  ///< producers of `pending_`, by group and partition
};

}  // namespace barnabas
