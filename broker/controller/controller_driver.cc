#include "controller/controller_driver.h"

#include "common/events.h"
#include "protocol/message.h"
#include "raft/snapshot_reader.h"
#include "raft/snapshot_writer.h"

namespace barnabas {
namespace {

/// What a snapshot's batches hold at most.
constexpr std::size_t records_of_a_snapshot_batch = 1024;
/// What is appended at once where a decision need not be one batch.
constexpr std::size_t records_of_a_part = 10000;

std::vector<Bytes> encode_all(std::span<const MetadataRecord> records) {
    std::vector<Bytes> values(records.size());
    std::ranges::transform(records, values.begin(), encode_metadata_record);
    return values;
}

/// A request on its way from its loop to the raft loop, and its answer on its way back.
template <class ResponseType>
struct CallState {
    using Response = ResponseType;

    Bytes request;  ///< encoded, since the caller's buffer may go first
    std::int16_t version;
    std::shared_ptr<Waiter> waiter;
    std::shared_ptr<MutationQuota> quota;
    Expected<Response> result = fail(ErrorCode::not_controller, "the controller has stopped");
};

}  // namespace

ControllerDriver::ControllerDriver(const Services& services, Options options, Random random)
    : services_(services),
      options_(std::move(options)),
      loader_(services.metadata),
      controller_(services.config, options_.cluster_id, random),
      waiter_(Waiter::on(services.loop)),
      self_(options_.self.id) {}

Task<> ControllerDriver::run() {
    services_.raft.subscribe(*this);
    while (!stopped_) {
        tick();
        co_await waiter_->wait(next_deadline());
    }
}

void ControllerDriver::stop() {
    if (!stopped_) {
        stopped_ = true;
        services_.raft.unsubscribe(*this);
        controller_.resign();
        tell_all({ErrorCode::not_controller, "the controller has stopped"});
        waiter_->notify();
    }
}

template <class Request, class Response>
Task<Expected<Response>> ControllerDriver::call(
    Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota
) {
    EventLoop* loop = EventLoop::current();
    CHECK(loop);
    auto state = std::make_shared<CallState<Response>>();
    state->request = encode(request, version);
    state->version = version;
    state->waiter = Waiter::on(*loop);
    state->quota = std::move(quota);
    services_.loop.post([this, state] { begin<Request>(state); });
    if (!co_await state->waiter->wait(deadline)) {
        co_return fail(ErrorCode::request_timed_out, "the controller did not answer in time");
    }
    co_return std::move(state->result);
}

template <class Request, class Call>
void ControllerDriver::begin(const std::shared_ptr<Call>& call) {
    const auto answer = [call](Expected<typename Call::Response> result) {
        call->result = std::move(result);
        call->waiter->notify();
    };
    if (!controller_.is_active()) {
        return answer(fail(ErrorCode::not_controller, "this node is not the active controller"));
    }
    const auto request = decode<Request>(call->request, call->version);
    CHECK(request);
    auto decision = controller_.decide(*request, call->version, point(call->quota.get()));
    if (const auto appended = append(decision.records); !appended) {
        return answer(std::unexpected(appended.error()));
    }
    // A decision without records may rest on records that are not committed yet.
    auto reply = std::make_shared<typename Call::Response>(std::move(decision.reply));
    waiting_.push_back({last_appended_, [answer, reply](Expected<void> committed) {
                            answer(
                                committed ? Expected<typename Call::Response>(std::move(*reply))
                                          : std::unexpected(committed.error())
                            );
                        }});
    tell_committed(committed_);
    waiter_->notify();
}

#define CONTROLLER_REQUEST(name)                                                                             \
    Task<Expected<name##Response>> ControllerDriver::submit(                                                 \
        name##Request request, std::int16_t version, Instant deadline, std::shared_ptr<MutationQuota> quota  \
    ) {                                                                                                      \
        return call<name##Request, name##Response>(std::move(request), version, deadline, std::move(quota)); \
    }
#include "controller/controller_requests.def"
#undef CONTROLLER_REQUEST

void ControllerDriver::on_commit(const CommittedBatch& batch) {
    if (failed_) {
        return;
    }
    const Provenance reached{batch.last_offset, batch.epoch, batch.append_timestamp};
    if (auto applied = loader_.apply(reached, batch.values); !applied) {
        return fail_node(
            {applied.error().code,
             fmt::format("the metadata log from offset {}: {}", batch.base_offset.value, applied.error().detail)}
        );
    }
    loader_.publish();
    tell_committed(batch.last_offset);
}

Expected<void> ControllerDriver::on_load_snapshot(SnapshotReader& snapshot) {
    const Provenance reached{snapshot.id().offset - 1, snapshot.id().epoch, snapshot.last_append()};
    auto loaded = loader_.load_snapshot(reached, [&] { return snapshot.next(); });
    if (loaded) {
        tell_committed(reached.last_offset);
    }
    return loaded;
}

void ControllerDriver::on_leader_change(NodeId leader, LeaderEpoch epoch) {
    if (controller_.is_active() && (leader != self_ || epoch != epoch_)) {
        resign();
    }
    if (leader == self_ && !controller_.is_active() && !stopped_ && !failed_) {
        activate(epoch);
    }
}

void ControllerDriver::activate(LeaderEpoch epoch) {
    epoch_ = epoch;
    last_appended_ = committed_;
    const MetadataRecords first =
        controller_.activate(loader_.image(), loader_.in_transaction(), options_.formatted, options_.self, point());
    if (const auto appended = append(first); !appended) {
        event::warn("the new controller could not write", {{"error", appended.error().detail}});
        return resign();
    }
    event::info(
        "controller active", {{"epoch", epoch.value}, {"offset", loader_.image().provenance.last_offset.value}}
    );
    waiter_->notify();
}

void ControllerDriver::resign() {
    event::info("controller resigned", {{"epoch", epoch_.value}});
    controller_.resign();
    tell_all({ErrorCode::not_controller, "this node is not the active controller any more"});
}

Controller::Point ControllerDriver::point(MutationQuota* quota) const {
    return {services_.clock.now(), services_.raft.next_offset(), services_.raft.quorum().kraft_version, quota};
}

Instant ControllerDriver::next_deadline() const {
    if (!controller_.is_active()) {
        return Instant::max();
    }
    const auto idle = services_.config.node().config.metadata_max_idle_interval_ms;
    const Instant no_op = idle.count() > 0 ? last_append_at_ + idle : Instant::max();
    return std::min(no_op, controller_.next_deadline());
}

void ControllerDriver::tick() {
    if (!controller_.is_active() || services_.clock.now() < next_deadline()) {
        return;
    }
    for (auto records = controller_.expire(point()); !records.empty(); records = controller_.expire(point())) {
        event::warn("broker fenced: no heartbeat for broker.session.timeout.ms", {{"records", records.size()}});
        if (!append_in_parts(std::move(records))) {
            return resign();
        }
    }
    const auto idle = services_.config.node().config.metadata_max_idle_interval_ms;
    if (idle.count() > 0 && services_.clock.now() >= last_append_at_ + idle) {
        if (!append({{NoOpRecord{}, 0}})) {
            resign();
        }
    }
}

Expected<void> ControllerDriver::append(const MetadataRecords& records) {
    if (records.empty()) {
        return {};
    }
    const auto base = services_.raft.append(epoch_, encode_all(records));
    if (!base) {
        return std::unexpected(base.error());
    }
    last_appended_ = *base + static_cast<std::int64_t>(records.size()) - 1;
    last_append_at_ = services_.clock.now();
    controller_.replay(records);
    return {};
}

Expected<void> ControllerDriver::append_in_parts(MetadataRecords records) {
    for (std::size_t at = 0; at < records.size(); at += records_of_a_part) {
        const auto first = records.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last =
            records.begin() + static_cast<std::ptrdiff_t>(std::min(at + records_of_a_part, records.size()));
        if (auto appended = append({std::make_move_iterator(first), std::make_move_iterator(last)}); !appended) {
            return appended;
        }
    }
    return {};
}

void ControllerDriver::tell_committed(Offset committed) {
    committed_ = std::max(committed_, committed);
    while (!waiting_.empty() && waiting_.front().last_offset <= committed_) {
        const auto tell = std::move(waiting_.front().tell);
        waiting_.pop_front();
        tell({});
    }
}

void ControllerDriver::tell_all(const Error& error) {
    for (const Waiting& each : std::exchange(waiting_, {})) {
        each.tell(std::unexpected(error));
    }
}

void ControllerDriver::fail_node(Error error) {
    failed_ = true;
    controller_.resign();
    tell_all(error);
    event::error("the metadata log cannot be followed", {{"error", error.detail}});
    options_.on_failure(std::move(error));
}

void ControllerDriver::on_snapshot_due() {
    if (!failed_ && !stopped_) {
        services_.loop.spawn("metadata snapshot", write_snapshot(loader_.image()));
    }
}

Task<> ControllerDriver::write_snapshot(MetadataImage image) {
    const Provenance& reached = image.provenance;
    auto writer = services_.raft.create_snapshot(reached.last_offset + 1, reached.last_timestamp);
    if (!writer || !*writer) {
        if (!writer) {
            event::error("metadata snapshot failed", {{"error", writer.error().detail}});
        }
        co_return;
    }
    const Clock& clock = services_.clock;
    SnapshotWriter& file = **writer;
    const auto write = [&image, &file, &clock]() -> Expected<void> {
        const MetadataRecords records = image.records();
        for (std::size_t at = 0; at < records.size(); at += records_of_a_snapshot_batch) {
            const std::size_t count = std::min(records_of_a_snapshot_batch, records.size() - at);
            if (auto done = file.append(encode_all(std::span(records).subspan(at, count)), clock.timestamp()); !done) {
                return done;
            }
        }
        return file.freeze(clock.timestamp());
    };
    auto written = co_await services_.background.run(write);
    if (written && !stopped_) {
        written = services_.raft.snapshot_frozen(file.id());
    }
    if (written) {
        event::info("metadata snapshot written", {{"offset", file.id().offset.value}, {"bytes", file.size()}});
    } else {
        event::error("metadata snapshot failed", {{"error", written.error().detail}});
    }
}

}  // namespace barnabas
