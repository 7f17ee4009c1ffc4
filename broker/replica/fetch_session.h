#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/clock.h"
#include "common/random.h"
#include "model/error.h"
#include "model/ids.h"

namespace barnabas {

/// One partition that a fetch asks for. By name up to version 12, by id from 13 on; the other is empty.
struct FetchPartition {
    std::string topic;
    TopicId topic_id;
    PartitionId partition;
    Offset fetch_offset{0};
    std::int32_t max_bytes = 0;
    LeaderEpoch leader_epoch = no_leader_epoch;
    LeaderEpoch last_fetched_epoch = no_leader_epoch;
    Offset log_start = no_offset;  ///< of a follower

    [[nodiscard]] bool same_partition(const FetchPartition& other) const {
        return partition == other.partition && topic_id == other.topic_id && topic == other.topic;
    }
};

/// What one partition was answered, as far as a session has to know.
struct FetchedState {
    Offset high_watermark = no_offset;
    Offset log_start = no_offset;
    bool has_records = false;
    bool has_error = false;
};

/// A fetch session (KIP-227): the partitions that a client fetches again and again, so that its requests name only what
/// changed, and its responses hold only what moved. Not thread-safe: the cache guards it.
class FetchSession {
public:
    FetchSession(std::int32_t id, bool uses_topic_ids, Instant now)
        : id_(id), uses_topic_ids_(uses_topic_ids), created_(now), last_used_(now) {}

    [[nodiscard]] std::int32_t id() const { return id_; }
    [[nodiscard]] std::int32_t epoch() const { return epoch_; }
    [[nodiscard]] bool uses_topic_ids() const { return uses_topic_ids_; }
    [[nodiscard]] std::size_t size() const { return partitions_.size(); }
    [[nodiscard]] Instant last_used() const { return last_used_; }
    [[nodiscard]] Instant created() const { return created_; }

    /// Adds `wanted`, or gives it its new fetch offset and limits.
    void put(const FetchPartition& wanted);
    void forget(const FetchPartition& gone);
    /// All partitions, in the order in which they should be served.
    [[nodiscard]] std::vector<FetchPartition> partitions() const;
    /// Notes what `partition` is answered. Whether an incremental response must hold it. One that gets records goes
    /// to the end of the order, so that no partition starves the others.
    bool answered(const FetchPartition& partition, const FetchedState& state);
    /// The next request must carry this epoch: 1 to 2^31-1, then 1 again.
    void next_epoch(Instant now);

private:
    struct Cached {
        FetchPartition wanted;
        Offset high_watermark = no_offset;
        Offset log_start = no_offset;
    };
    struct Key {
        std::string topic;
        TopicId id;
        PartitionId partition;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    [[nodiscard]] static Key key(const FetchPartition& partition) {
        return {partition.topic, partition.topic_id, partition.partition};
    }

    std::int32_t id_;
    std::int32_t epoch_ = 0;
    bool uses_topic_ids_;
    Instant created_;
    Instant last_used_;
    std::list<Cached> partitions_;
    std::unordered_map<Key, std::list<Cached>::iterator, KeyHash> by_key_;
};

/// All fetch sessions of a broker. Thread-safe.
class FetchSessionCache {
public:
    struct Options {
        std::size_t slots;  ///< `max.incremental.fetch.session.cache.slots`
        /// A session unused for so long gives its slot to any other.
        std::chrono::milliseconds evict_after{120'000};
    };

    FetchSessionCache(Options options, Random random) : options_(options), random_(std::move(random)) {}

    struct Request {
        std::int32_t session_id = 0;
        std::int32_t session_epoch = -1;
        bool uses_topic_ids = false;
        std::vector<FetchPartition> partitions;
        std::vector<FetchPartition> forgotten;
    };

    /// The session of a request that goes on, or the start of one.
    struct Context {
        std::shared_ptr<FetchSession> session;  ///< null: no session, the client must name everything each time
        bool incremental = false;               ///< the response leaves out what did not move
        std::vector<FetchPartition> partitions;

        [[nodiscard]] std::int32_t session_id() const { return session ? session->id() : 0; }
    };

    /// Errors: fetch_session_id_not_found, invalid_fetch_session_epoch, fetch_session_topic_id_error.
    Expected<Context> begin(Request request, Instant now);

    /// What became of one partition; false when the response should leave it out.
    bool answered(const Context& context, const FetchPartition& partition, const FetchedState& state);

    /// The request is answered with nothing, for it came too early: a session that it would begin does not begin.
    void held_back(const Context& context);

    [[nodiscard]] std::size_t size() const;

private:
    Expected<Context> resume(Request request, Instant now);
    std::shared_ptr<FetchSession> create(const Request& request, Instant now);
    bool make_room(std::size_t partitions, Instant now);

    const Options options_;
    mutable std::mutex mutex_;
    Random random_;
    std::unordered_map<std::int32_t, std::shared_ptr<FetchSession>> sessions_;
};

}  // namespace barnabas
