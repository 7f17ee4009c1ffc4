// Produce (API 0). Versions 3 to 8 name topics and records alone, 10 adds the current leader to "not leader" answers
// (KIP-951), 13 names topics by id (KIP-516).

#include "protocol/produce.h"

#include <fmt/format.h>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "handlers/leader_endpoint.h"
#include "handlers/request_quota.h"
#include "io/background_pool.h"
#include "model/internal_topics.h"
#include "replica/replica_manager.h"

namespace barnabas {

namespace {

using PartitionResponse = ProduceResponse::PartitionProduceResponse;

/// One partition of the request that was appended and may have to wait.
struct Pending {
    std::shared_ptr<Partition> partition;
    Offset end;  ///< committed when the high watermark reaches it
    bool flush_due = false;
    PartitionResponse* response = nullptr;
};

void refuse(PartitionResponse& response, const Error& error) {
    response.error_code = error.code;
    response.error_message = error.detail;
    response.base_offset = -1;
    response.log_append_time_ms = -1;
    response.log_start_offset = -1;
}

/// Whether the bytes end before their batch does: then there is no batch, where a wrong header is a corrupt one.
bool cut_off(BytesView records) {
    constexpr std::size_t overhead = 12, up_to_magic = 17;
    constexpr std::int32_t least_length = 14;
    if (records.size() < up_to_magic) {
        return true;
    }
    const auto length = load_big_endian<std::int32_t>(records.data() + 8);
    return length >= least_length && records.size() - overhead < static_cast<std::size_t>(length);
}

/// What must hold of the records before the log sees them: one batch of format 2 a partition.
Expected<RecordBatchView> check_records(const std::optional<BytesView>& records, std::int16_t version) {
    if (!records || records->empty()) {
        return fail(ErrorCode::invalid_record, "a produce request must hold one record batch for each partition");
    }
    auto batch = RecordBatchView::parse(*records);
    if (!batch) {
        return batch.error().code == ErrorCode::unsupported_for_message_format || cut_off(*records)
                   ? fail(ErrorCode::invalid_record, batch.error().detail)
                   : batch;
    }
    if (batch->size() != records->size()) {
        return fail(
            ErrorCode::invalid_record,
            fmt::format(
                "a produce request must hold exactly one record batch for each partition; {} bytes follow the first",
                records->size() - batch->size()
            )
        );
    }
    if (batch->compression() == Compression::zstd && version < 7) {
        return fail(ErrorCode::unsupported_compression_type, "zstd needs version 7 of the produce request or newer");
    }
    return batch;
}

/// Errors of the log that say where it starts; the others know no log, or distrust all of the bytes.
bool tells_log_start(ErrorCode code) {
    switch (code) {
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::message_too_large:
        case ErrorCode::record_list_too_large:
        case ErrorCode::corrupt_message:
        case ErrorCode::kafka_storage_error:
            return false;
        default:
            return true;
    }
}

/// The request's bytes lie in the connection's own buffer, which nobody else reads: offsets are written there in place.
MutableBytes writable(BytesView records) {
    return {const_cast<std::byte*>(records.data()), records.size()};
}

class Produce {
public:
    Produce(RequestContext& context, const ProduceRequest& request)
        : context_(context), request_(request), access_(context) {}

    void append_all();
    Task<> flush();
    Task<> wait_until_committed();
    ProduceResponse take_response() { return std::move(response_); }
    [[nodiscard]] bool any_error() const;

private:
    void append(
        const ProduceRequest::TopicProduceData& topic, const ProduceRequest::PartitionProduceData& data,
        PartitionResponse& response
    );
    void name_leader(const Partition& partition, PartitionResponse& response);

    [[nodiscard]] bool may_write(const ProduceRequest::TopicProduceData& topic) const;

    RequestContext& context_;
    const ProduceRequest& request_;
    const AccessRights access_;
    ProduceResponse response_;
    std::vector<Pending> pending_;
};

void Produce::append_all() {
    response_.responses.reserve(request_.topic_data.size());
    for (const auto& topic : request_.topic_data) {
        if (topic.partition_data.empty()) {
            continue;
        }
        auto& answer = response_.responses.emplace_back();
        answer.name = topic.name;
        answer.topic_id = topic.topic_id;
        // Reserved, so that pointers into it hold.
        answer.partition_responses.reserve(topic.partition_data.size());
        const bool allowed = may_write(topic);
        for (const auto& data : topic.partition_data) {
            auto& response = answer.partition_responses.emplace_back();
            response.index = data.index;
            if (allowed) {
                append(topic, data, response);
            } else {
                refuse(response, {ErrorCode::topic_authorization_failed, "no WRITE permission on the topic"});
            }
        }
    }
}

/// True for an id that no topic has, which is told as such.
bool Produce::may_write(const ProduceRequest::TopicProduceData& topic) const {
    if (access_.authorizer() == nullptr) {
        return true;
    }
    if (context_.version < 13) {
        return access_.allows_topic(AclOperation::write, topic.name);
    }
    const auto found = context_.broker.replicas.find(topic.topic_id, PartitionId{topic.partition_data.front().index});
    if (found) {
        return access_.allows_topic(AclOperation::write, (*found)->name().topic);
    }
    const auto image = context_.broker.metadata.image();
    const TopicImage* known = image->topics.find(topic.topic_id);
    return known == nullptr || access_.allows_topic(AclOperation::write, known->name);
}

void Produce::append(
    const ProduceRequest::TopicProduceData& topic, const ProduceRequest::PartitionProduceData& data,
    PartitionResponse& response
) {
    if (request_.acks < -1 || request_.acks > 1) {
        return refuse(
            response,
            {ErrorCode::invalid_required_acks, fmt::format("acks is {}; -1, 0 and 1 have a meaning", request_.acks)}
        );
    }
    const PartitionId id{data.index};
    const auto found = context_.version >= 13 ? context_.broker.replicas.find(topic.topic_id, id)
                                              : context_.broker.replicas.find(topic.name, id);
    if (!found) {
        return refuse(response, found.error());
    }
    Partition& partition = **found;
    if (is_internal_topic(partition.name().topic)) {
        return refuse(
            response, {ErrorCode::invalid_topic_exception,
                       fmt::format("{} is written by the brokers alone", partition.name().topic)}
        );
    }
    const auto batch = check_records(data.records, context_.version);
    if (!batch) {
        return refuse(response, batch.error());
    }
    if (batch->is_transactional()) {
        return refuse(
            response, {request_.transactional_id ? ErrorCode::invalid_txn_state
                                                 : ErrorCode::transactional_id_authorization_failed,
                       "transactions are not supported: send without a transactional.id"}
        );
    }
    const auto result = partition.append(
        writable(*data.records), {.origin = AppendOrigin::client, .needs_min_isr = request_.acks == -1},
        context_.broker.clock
    );
    if (!result) {
        refuse(response, result.error().error);
        if (tells_log_start(response.error_code)) {
            const std::scoped_lock lock(partition.hosted()->mutex);
            response.log_start_offset = partition.hosted()->log->log_start().value;
        }
        for (const RecordError& record : result.error().records) {
            response.record_errors.push_back({.batch_index = record.index, .batch_index_error_message = record.message}
            );
        }
        if (response.error_code == ErrorCode::not_leader_or_follower) {
            name_leader(partition, response);
        }
        return;
    }
    const Appended& appended = result->appended;
    response.base_offset = appended.first_offset.value;
    response.log_append_time_ms = appended.log_append_time.time_since_epoch().count();
    response.log_start_offset = appended.log_start.value;
    pending_.push_back({*found, appended.last_offset + 1, result->flush_due, &response});
}

Task<> Produce::flush() {
    for (const Pending& each : pending_) {
        if (!each.flush_due) {
            continue;
        }
        const auto flushed = co_await context_.broker.background.run([&each, this] {
            return each.partition->flush(context_.broker.clock.timestamp());
        });
        if (!flushed) {
            refuse(*each.response, flushed.error());
        }
    }
}

Task<> Produce::wait_until_committed() {
    const auto all_committed = [this] {
        return std::ranges::all_of(pending_, [](const Pending& each) { return each.partition->committed(each.end); });
    };
    if (all_committed()) {
        co_return;
    }
    PartitionWatch watch(Waiter::on(context_.session.loop));
    for (const Pending& each : pending_) {
        watch.add(each.partition);
    }
    const Instant deadline = context_.arrived + std::chrono::milliseconds(std::max(request_.timeout_ms, 0));
    while (!all_committed() && co_await watch.waiter().wait(deadline)) {
        std::erase_if(pending_, [this](const Pending& each) {
            if (each.partition->leads()) {
                return false;
            }
            refuse(*each.response, each.partition->leader_log().error());
            name_leader(*each.partition, *each.response);
            return true;
        });
    }
    for (const Pending& each : pending_) {
        if (!each.partition->committed(each.end)) {
            refuse(*each.response, {ErrorCode::request_timed_out, "the in-sync replicas did not confirm in time"});
        }
    }
}

void Produce::name_leader(const Partition& partition, PartitionResponse& response) {
    const auto image = context_.broker.metadata.image();
    if (const auto leader = find_leader(*image, partition.name(), context_.session.listener)) {
        response.current_leader.leader_id = leader->id.value;
        response.current_leader.leader_epoch = leader->epoch.value;
        add_endpoint(response_.node_endpoints, *leader);
    }
}

bool Produce::any_error() const {
    for (const auto& topic : response_.responses) {
        for (const auto& partition : topic.partition_responses) {
            if (partition.error_code != ErrorCode::none) {
                return true;
            }
        }
    }
    return false;
}

/// A client that wants no answer is told to wait for no time of threads, as in Kafka.
void count(RequestQuota& quota, std::int16_t acks) {
    quota.count_produced();
    if (acks == 0) {
        quota.exempt();
    }
}

}  // namespace

Task<ProduceResponse> handle(RequestContext& context, ProduceRequest request) {
    Produce produce(context, request);
    produce.append_all();
    co_await produce.flush();
    if (request.acks == -1) {
        co_await produce.wait_until_committed();
    }
    if (request.acks == 0) {
        context.no_response = true;
        if (produce.any_error()) {
            context.close =
                Error{ErrorCode::none, "a produce request with acks=0 failed, and closing is the only way to tell"};
        }
    }
    context.failed = produce.any_error();
    if (context.quota() != nullptr) {
        count(*context.quota(), request.acks);
    }
    co_return produce.take_response();
}

}  // namespace barnabas
