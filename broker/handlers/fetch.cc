// Fetch (API 1). Version 7 brings sessions (KIP-227), 12 diverging epochs for followers (KIP-595), 13 topic ids
// (KIP-516), 16 node endpoints (KIP-951).

#include "protocol/fetch.h"

#include <fmt/format.h>

#include <algorithm>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/leader_endpoint.h"
#include "handlers/request_quota.h"
#include "io/background_pool.h"
#include "io/page_cache.h"
#include "io/waiter.h"
#include "replica/fetch_session.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

/// One partition of the fetch, and what it gets.
struct Fetched {
    FetchPartition wanted;
    std::shared_ptr<Partition> partition;  ///< null when it could not be found
    Error error{ErrorCode::none, {}};
    PartitionRead read;
    std::optional<LeaderEpochs::EndOffset> diverging;  ///< where the reader's log left ours (KIP-595)
};

/// Whether the partitions of a fetch may be read. Of partitions of one topic, which follow each other, only the first
/// is asked about.
class FetchRights {
public:
    FetchRights(const RequestContext& context, bool follower)
        : broker_(context.broker),
          access_(context),
          follower_(follower),
          follower_allowed_(follower && access_.allows_cluster(AclOperation::cluster_action)) {}

    /// True for an id that no topic has, which is told as such.
    [[nodiscard]] bool allow(const FetchPartition& wanted, const Expected<std::shared_ptr<Partition>>& found) {
        if (access_.authorizer() == nullptr) {
            return true;
        }
        if (follower_) {
            return follower_allowed_;
        }
        if (!found && wanted.topic.empty()) {
            const auto image = broker_.metadata.image();
            const TopicImage* topic = image->topics.find(wanted.topic_id);
            return topic == nullptr || allow(topic->name);
        }
        return allow(found ? (*found)->name().topic : wanted.topic);
    }

private:
    bool allow(const std::string& topic) {
        if (topic_ != topic) {
            topic_ = topic;
            allowed_ = access_.allows_topic(AclOperation::read, topic);
        }
        return allowed_;
    }

    const Broker& broker_;
    const AccessRights access_;
    const bool follower_;
    const bool follower_allowed_;
    std::string topic_;
    bool allowed_ = false;
};

class Fetch {
public:
    Fetch(RequestContext& context, const FetchRequest& request, std::vector<FetchPartition> partitions);

    /// Reads every partition within the limits. What cannot be found in memory is left for `wait` to read.
    void read_all();
    /// Enough to answer at once, or something to read from the device: min.bytes, an error, or nothing to wait for. An
    /// answer ends with a segment: to wait at the end of one that others follow would be to wait for nothing.
    [[nodiscard]] bool satisfied() const;
    /// Whether reading on or sending would make the loop, and its other connections, wait for the disk.
    [[nodiscard]] bool any_cold() const;
    /// Until there is enough to answer, and it is in memory.
    Task<> wait();
    /// What was read, or nothing, when a quota lets the client wait for it.
    FetchResponse answer(FetchSessionCache& sessions, const FetchSessionCache::Context& session);

private:
    /// False when the time is over.
    Task<bool> wait_for_more();
    void load_cold();
    void read(Fetched& fetched, std::int64_t left, bool at_least_one);
    [[nodiscard]] Expected<PartitionRead> read_log(Fetched& fetched, std::int64_t left, bool at_least_one) const;
    /// Compares the epoch that was read last with ours; what there is to say is put into `fetched`.
    [[nodiscard]] Expected<void> find_divergence(Fetched& fetched) const;
    [[nodiscard]] bool held_back() const;
    [[nodiscard]] FetchResponse respond(FetchSessionCache& sessions, const FetchSessionCache::Context& session);
    [[nodiscard]] FetchResponse::PartitionData partition_data(Fetched& fetched) const;
    void name_leader(FetchResponse& response, const Fetched& fetched, FetchResponse::PartitionData& data) const;

    RequestContext& context_;
    const FetchRequest& request_;
    std::int32_t follower_;  ///< the broker that fetches for its replica; -1 for a consumer
    ReadUpTo bound_;
    std::int64_t max_bytes_;
    std::vector<Fetched> fetched_;
    std::int64_t bytes_ = 0;
    bool any_error_ = false;
    bool any_in_older_segment_ = false;
    /// Until it had to wait for the device once: what it looks at is in memory then.
    ReadFrom from_ = ReadFrom::memory;
    bool any_unread_ = false;  ///< for its place must be looked up on the device
};

std::int64_t most_bytes(const RequestContext& context, const FetchRequest& request) {
    const std::int64_t most = std::min(request.max_bytes, context.broker.config()->fetch_max_bytes);
    return context.quota() != nullptr ? std::min(most, context.quota()->most_to_fetch()) : most;
}

Fetch::Fetch(RequestContext& context, const FetchRequest& request, std::vector<FetchPartition> partitions)
    : context_(context),
      request_(request),
      follower_(context.version >= 15 ? request.replica_state.replica_id : request.replica_id),
      bound_(request.isolation_level == 1 ? ReadUpTo::last_stable : ReadUpTo::high_watermark),
      max_bytes_(most_bytes(context, request)) {
    fetched_.reserve(partitions.size());
    FetchRights rights(context, follower_ >= 0);
    for (FetchPartition& wanted : partitions) {
        Fetched& fetched = fetched_.emplace_back(
            Fetched{.wanted = std::move(wanted), .partition = nullptr, .read = {}, .diverging = {}}
        );
        auto found = context.version >= 13
                         ? context.broker.replicas.find(fetched.wanted.topic_id, fetched.wanted.partition)
                         : context.broker.replicas.find(fetched.wanted.topic, fetched.wanted.partition);
        if (!rights.allow(fetched.wanted, found)) {
            fetched.error = {ErrorCode::topic_authorization_failed, {}};
        } else if (found) {
            fetched.partition = *std::move(found);
        } else {
            fetched.error = found.error();
        }
    }
}

void Fetch::read_all() {
    bytes_ = 0;
    any_error_ = false;
    any_unread_ = false;
    any_in_older_segment_ = false;
    for (Fetched& fetched : fetched_) {
        if (fetched.partition) {
            read(fetched, std::max<std::int64_t>(max_bytes_ - bytes_, 0), bytes_ == 0);
            bytes_ += fetched.read.slice.length;
        }
        any_in_older_segment_ = any_in_older_segment_ || fetched.read.slice.more_in_later_segment;
        any_unread_ = any_unread_ || (from_ == ReadFrom::memory && fetched.error.code == ErrorCode::request_timed_out);
        any_error_ = any_error_ || fetched.error.code != ErrorCode::none || fetched.diverging;
    }
}

void Fetch::read(Fetched& fetched, std::int64_t left, bool at_least_one) {
    auto read = read_log(fetched, left, at_least_one);
    if (!read) {
        fetched.error = std::move(read).error();
        fetched.read = {};
        return;
    }
    fetched.error = {ErrorCode::none, {}};
    fetched.read = *std::move(read);
}

Expected<PartitionRead> Fetch::read_log(Fetched& fetched, std::int64_t left, bool at_least_one) const {
    const FetchPartition& wanted = fetched.wanted;
    if (follower_ >= 0) {  // replicas elsewhere are not made yet
        return fail(
            ErrorCode::not_leader_or_follower,
            fmt::format("node {} has no replica of {}", follower_, fetched.partition->name().text())
        );
    }
    if (wanted.max_bytes < 0) {
        return fail(ErrorCode::invalid_request, fmt::format("a limit of {} bytes", wanted.max_bytes));
    }
    if (auto compared = find_divergence(fetched); !compared) {
        return std::unexpected(std::move(compared).error());
    }
    const std::int64_t most = fetched.diverging ? 0 : std::min<std::int64_t>(left, wanted.max_bytes);
    const Offset from = fetched.diverging ? fetched.diverging->end : wanted.fetch_offset;
    return fetched.partition->read(from, most, bound_, at_least_one && !fetched.diverging, wanted.leader_epoch, from_);
}

Expected<void> Fetch::find_divergence(Fetched& fetched) const {
    const FetchPartition& wanted = fetched.wanted;
    fetched.diverging.reset();
    if (wanted.last_fetched_epoch < LeaderEpoch{0}) {
        return {};
    }
    const auto log = fetched.partition->leader_log(wanted.leader_epoch);
    if (!log) {
        return std::unexpected(log.error());
    }
    const std::scoped_lock lock(fetched.partition->hosted()->mutex);
    const auto end = (*log)->epoch_end_offset(wanted.last_fetched_epoch);
    if (end.epoch == no_leader_epoch) {
        return fail(
            ErrorCode::offset_out_of_range,
            fmt::format("where epoch {} ends is not known", wanted.last_fetched_epoch.value)
        );
    }
    if (end.epoch < wanted.last_fetched_epoch || end.end < wanted.fetch_offset) {
        fetched.diverging = end;
    }
    return {};
}

bool Fetch::satisfied() const {
    return request_.max_wait_ms <= 0 || fetched_.empty() || any_error_ || any_in_older_segment_ ||
           bytes_ >= std::min<std::int64_t>(request_.min_bytes, max_bytes_);
}

Task<bool> Fetch::wait_for_more() {
    PartitionWatch watch(Waiter::on(context_.session.loop));
    for (const Fetched& fetched : fetched_) {
        watch.add(fetched.partition);
    }
    const Instant deadline = context_.arrived + std::chrono::milliseconds(request_.max_wait_ms);
    bool in_time = true;
    while (in_time) {
        read_all();
        if (satisfied()) {
            co_return true;
        }
        in_time = co_await watch.waiter().wait(deadline);
    }
    read_all();
    co_return false;
}

bool is_cold(const LogSlice& slice) {
    return !slice.just_written && slice.length > 0 && !is_cached(*slice.file, slice.position, slice.length);
}

bool Fetch::any_cold() const {
    return any_unread_ ||
           std::ranges::any_of(fetched_, [](const Fetched& fetched) { return is_cold(fetched.read.slice); });
}

void Fetch::load_cold() {
    if (any_unread_) {
        from_ = ReadFrom::device;
        read_all();
    }
    for (const Fetched& fetched : fetched_) {
        if (const LogSlice& slice = fetched.read.slice; is_cold(slice)) {
            load_into_cache(*slice.file, slice.position, slice.length);
        }
    }
}

Task<> Fetch::wait() {
    bool in_time = true;
    do {
        if (!satisfied()) {
            in_time = co_await wait_for_more();
        }
        if (any_cold()) {
            co_await context_.broker.background.run([this] { load_cold(); });
        }
    } while (in_time && !satisfied());
}

FetchResponse::PartitionData Fetch::partition_data(Fetched& fetched) const {
    FetchResponse::PartitionData data;
    data.partition_index = fetched.wanted.partition.value;
    data.error_code = fetched.error.code;
    data.high_watermark = fetched.read.high_watermark.value;
    data.last_stable_offset = fetched.read.last_stable_offset.value;
    data.log_start_offset = fetched.read.log_start.value;
    data.records = RecordBytes(BytesView{});
    if (fetched.diverging) {
        data.diverging_epoch.epoch = fetched.diverging->epoch.value;
        data.diverging_epoch.end_offset = fetched.diverging->end.value;
    }
    LogSlice& slice = fetched.read.slice;
    if (slice.length > 0) {
        const int fd = slice.file->fd();
        data.records =
            RecordBytes(FileSlice{fd, slice.position, static_cast<std::size_t>(slice.length), std::move(slice.file)});
    }
    if (bound_ == ReadUpTo::last_stable && fetched.error.code == ErrorCode::none) {
        data.aborted_transactions.emplace();
        for (const AbortedTransaction& aborted : slice.aborted) {
            data.aborted_transactions->push_back(
                {.producer_id = aborted.producer.value, .first_offset = aborted.first_offset.value}
            );
        }
    } else if (fetched.partition) {
        data.aborted_transactions.reset();
    } else {
        data.aborted_transactions.emplace();  // as Kafka does for what it does not know
    }
    return data;
}

void Fetch::name_leader(FetchResponse& response, const Fetched& fetched, FetchResponse::PartitionData& data) const {
    const bool moved =
        fetched.error.code == ErrorCode::not_leader_or_follower || fetched.error.code == ErrorCode::fenced_leader_epoch;
    if (!moved || !fetched.partition || context_.version < 16) {
        return;
    }
    const auto image = context_.broker.metadata.image();
    if (const auto leader = find_leader(*image, fetched.partition->name(), context_.session.listener)) {
        data.current_leader.leader_id = leader->id.value;
        data.current_leader.leader_epoch = leader->epoch.value;
        if (follower_ < 0) {  // followers learn addresses from the metadata log
            add_endpoint(response.node_endpoints, *leader);
        }
    }
}

FetchResponse Fetch::respond(FetchSessionCache& sessions, const FetchSessionCache::Context& session) {
    FetchResponse response;
    response.session_id = session.session_id();
    for (Fetched& fetched : fetched_) {
        const FetchedState state{
            fetched.read.high_watermark, fetched.read.log_start, fetched.read.slice.length > 0,
            fetched.error.code != ErrorCode::none || fetched.diverging
        };
        if (!sessions.answered(session, fetched.wanted, state)) {
            continue;
        }
        const bool same_topic = !response.responses.empty() &&
                                response.responses.back().topic == fetched.wanted.topic &&
                                response.responses.back().topic_id == fetched.wanted.topic_id;
        if (!same_topic) {
            response.responses.push_back(
                {.topic = fetched.wanted.topic,
                 .topic_id = fetched.wanted.topic_id,
                 .partitions = {},
                 .unknown_tags = {}}
            );
        }
        auto& data = response.responses.back().partitions.emplace_back(partition_data(fetched));
        name_leader(response, fetched, data);
    }
    return response;
}

bool Fetch::held_back() const {
    constexpr std::size_t bytes_about_a_partition = 48;  // without its topic's name
    if (context_.quota() == nullptr) {
        return false;
    }
    if (follower_ >= 0) {
        context_.quota()->exempt();
        return false;
    }
    const auto with_records =
        std::ranges::count_if(fetched_, [](const Fetched& fetched) { return fetched.read.slice.length > 0; });
    return context_.quota()->holds_back_fetch(
        static_cast<std::size_t>(bytes_) + static_cast<std::size_t>(with_records) * bytes_about_a_partition
    );
}

FetchResponse Fetch::answer(FetchSessionCache& sessions, const FetchSessionCache::Context& session) {
    if (held_back()) {  // as if it had not been asked
        sessions.held_back(session);
        return {.session_id = session.incremental ? session.session_id() : 0};
    }
    return respond(sessions, session);
}

FetchPartition partition_of(const FetchRequest::FetchTopic& topic, const FetchRequest::FetchPartition& partition) {
    return {
        .topic = std::string(topic.topic),
        .topic_id = topic.topic_id,
        .partition = {partition.partition},
        .fetch_offset = {partition.fetch_offset},
        .max_bytes = partition.partition_max_bytes,
        .leader_epoch = {std::max(partition.current_leader_epoch, no_leader_epoch.value)},
        .last_fetched_epoch = {partition.last_fetched_epoch},
        .log_start = {partition.log_start_offset},
    };
}

FetchSessionCache::Request session_request(const FetchRequest& request, std::int16_t version) {
    FetchSessionCache::Request wanted{request.session_id, request.session_epoch, version >= 13, {}, {}};
    for (const auto& topic : request.topics) {
        for (const auto& partition : topic.partitions) {
            wanted.partitions.push_back(partition_of(topic, partition));
        }
    }
    for (const auto& topic : request.forgotten_topics_data) {
        for (const std::int32_t partition : topic.partitions) {
            wanted.forgotten.push_back(
                {.topic = std::string(topic.topic), .topic_id = topic.topic_id, .partition = {partition}}
            );
        }
    }
    return wanted;
}

}  // namespace

Task<FetchResponse> handle(RequestContext& context, FetchRequest request) {
    if (request.isolation_level < 0 || request.isolation_level > 1) {
        context.failed = true;
        co_return FetchResponse{.error_code = ErrorCode::invalid_request};
    }
    FetchSessionCache& sessions = context.broker.fetch_sessions;
    auto session = sessions.begin(session_request(request, context.version), context.arrived);
    if (!session) {
        context.failed = true;
        co_return FetchResponse{.error_code = session.error().code};
    }
    Fetch fetch(context, request, std::move(session->partitions));
    fetch.read_all();
    if (!fetch.satisfied() || fetch.any_cold()) {
        co_await fetch.wait();
    }
    co_return fetch.answer(sessions, *session);
}

}  // namespace barnabas
