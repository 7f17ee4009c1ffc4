#pragma once

#include <functional>
#include <set>

#include "client/fetched.h"
#include "client/group_membership.h"
#include "client/offsets.h"
#include "client/signal.h"

namespace barnabas {

/// Reads records: of given partitions, or of those that a group's leader gives to this member.
///
/// Belongs to the loop of `cluster`, which must outlive it. Heartbeats and commits happen within `poll()`: who stays
/// away from it longer than the session time-out loses the membership.
class Consumer {
public:
    enum class Reset : std::uint8_t { earliest, latest, none };
    struct Options {
        std::optional<GroupMembership::Options> group;
        Reset reset = Reset::latest;  ///< where to begin without a committed offset
        bool read_committed = false;
        bool auto_commit = true;  ///< in a group
        bool create_topics = true;
        std::chrono::milliseconds auto_commit_interval{5'000};
        std::chrono::milliseconds metadata_max_age{300'000};
        std::chrono::milliseconds fetch_max_wait{500};
        std::int32_t fetch_min_bytes = 1;
        std::int32_t fetch_max_bytes = 50 << 20;
        std::int32_t max_partition_fetch_bytes = 1 << 20;
    };

    Consumer(const Executor& executor, ClusterClient& cluster, Options options);
    ~Consumer();
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;

    /// Reads these partitions, from where the group left off, or by `Options::reset`.
    void assign(const std::vector<TopicPartition>& partitions);
    /// Reads what the group's leader gives this member of the topics that `wanted` names; needs `Options::group`.
    void subscribe(std::vector<std::string> topics);
    void subscribe_matching(std::function<bool(std::string_view topic)> wanted);

    /// The next record of `partition` is this one; or what -1 (latest) or -2 (earliest) stands for.
    void seek(const TopicPartition& partition, std::int64_t offset);

    /// Records of one partition as soon as there are some; none when `deadline` passes first. They are valid until the
    /// next call. Errors: what trying again does not mend.
    Task<Expected<FetchedRecords>> poll(Instant deadline);

    /// Commits the positions after the records that `poll()` gave out. Errors: the first partition's.
    Task<Expected<void>> commit();

    /// Commits if `auto_commit`, and leaves the group.
    Task<> close();

    [[nodiscard]] std::vector<TopicPartition> assignment() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace barnabas
