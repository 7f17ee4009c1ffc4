#include "raft/raft_driver.h"

#include "io/whole_file.h"
#include "raft/format.h"

namespace barnabas {

using namespace raft;

namespace {

constexpr std::chrono::minutes clean_interval{1};

std::string quorum_state_path(const std::string& directory) {
    return fmt::format("{}/{}/{}", directory, metadata_log_folder, quorum_state_file_name);
}

Expected<QuorumState> read_quorum_state(FileSystem& files, const std::string& directory) {
    const std::string path = quorum_state_path(directory);
    const auto bytes = read_whole_file(files, path);
    if (!bytes) {
        return storage_failure(bytes.error());
    }
    if (!*bytes) {
        return QuorumState();
    }
    auto state = parse_quorum_state(as_text(**bytes));
    if (!state) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format(
                "{}: {}; restore it from a copy: without knowing its last vote a voter may elect a second leader", path,
                state.error()
            )
        );
    }
    return *std::move(state);
}

}  // namespace

RaftDriver::RaftDriver(
    FileSystem& files, const Clock& clock, RaftTransport* transport, Options options, MetadataLog log,
    Consensus consensus
)
    : files_(files),
      clock_(clock),
      transport_(transport),
      options_(std::move(options)),
      log_(std::move(log)),
      consensus_(std::move(consensus)),
      schedule_(options_.snapshots, clock.now()),
      leadership_{no_node, consensus_.state().epoch, no_offset},
      counted_(log_.snapshots().latest().value_or(SnapshotId{}).offset),
      clean_at_(clock.now() + clean_interval) {}

Expected<std::unique_ptr<RaftDriver>> RaftDriver::open(
    FileSystem& files, const Clock& clock, RaftTransport* transport, Options options
) {
    const Moment now{clock.now(), clock.timestamp()};
    auto log = MetadataLog::open(files, options.log, now.timestamp);
    if (!log) {
        return std::unexpected(std::move(log).error());
    }
    auto state = read_quorum_state(files, options.log.directory);
    if (!state) {
        return std::unexpected(std::move(state).error());
    }
    auto voters = log->voter_history(options.static_voters);
    if (!voters) {
        return std::unexpected(std::move(voters).error());
    }
    Consensus consensus(options.consensus, *std::move(state), log->outline(), *std::move(voters), options.seed, now);
    return std::unique_ptr<RaftDriver>(
        new RaftDriver(files, clock, transport, std::move(options), *std::move(log), std::move(consensus))
    );
}

void RaftDriver::wake() const {
    if (wake_ && !stepping_) {
        wake_();
    }
}

Expected<void> RaftDriver::step() {
    if (failure_) {
        return std::unexpected(*failure_);
    }
    stepping_ = true;
    consensus_.tick(now());
    Expected<void> done = settle();
    if (done) {
        done = deliver();
    }
    if (done && clean_at_ <= clock_.now()) {
        done = clean();
    }
    stepping_ = false;
    if (!done) {
        failure_ = done.error();
    }
    return done;
}

Instant RaftDriver::next_deadline() const {
    const bool something_new = consensus_.high_watermark() > counted_;
    return std::min({consensus_.next_deadline(), clean_at_, something_new ? clock_.now() : Instant::max()});
}

Expected<void> RaftDriver::settle() {
    while (true) {
        Effects effects = consensus_.take_effects();
        if (effects.empty()) {
            return {};
        }
        if (auto done = perform(std::move(effects)); !done) {
            return done;
        }
    }
}

Expected<void> RaftDriver::perform(Effects effects) {
    if (effects.persist) {
        const VoterHistory& voters = consensus_.voters();
        const std::string text = quorum_state_text(*effects.persist, voters.kraft_version(), voters.voters());
        const auto written = replace_file(files_, quorum_state_path(options_.log.directory), as_bytes(text));
        if (!written) {
            return storage_failure(written.error());
        }
    }
    if (auto changed = change_log(effects.log); !changed) {
        return changed;
    }
    for (const SendRequest& request : effects.requests) {
        send(request);
    }
    for (SendReply& reply : effects.replies) {
        if (auto sent = answer(std::move(reply)); !sent) {
            return sent;
        }
    }
    if (effects.high_watermark) {
        log_.set_high_watermark(*effects.high_watermark);
    }
    leadership_ = effects.leadership.value_or(leadership_);
    return {};
}

Expected<void> RaftDriver::change_log(const std::vector<LogChange>& changes) {
    for (const LogChange& change : changes) {
        auto done = std::visit([&](const auto& one) { return perform(one); }, change);
        if (!done) {
            return done;
        }
    }
    return changes.empty() ? Expected<void>() : log_.flush(clock_.timestamp());
}

Expected<void> RaftDriver::perform(const AppendToLog& append) {
    return log_.append(append.batches, clock_.timestamp());
}

Expected<void> RaftDriver::perform(const TruncateLog& truncate) {
    return log_.truncate(truncate.end, clock_.timestamp());
}

Expected<void> RaftDriver::perform(const StoreSnapshotBytes& store) {
    return log_.snapshots().store(store.snapshot, store.position, *store.bytes);
}

Expected<void> RaftDriver::perform(const InstallSnapshot& install) {
    auto finished = log_.snapshots().finish_stored(install.snapshot);
    if (!finished && finished.error().code == ErrorCode::corrupt_message) {
        consensus_.install_failed(now());
        return {};
    }
    if (!finished) {
        return finished;
    }
    if (auto restarted = log_.restart(install.snapshot, clock_.timestamp()); !restarted) {
        return restarted;
    }
    const auto reader = log_.snapshots().read(install.snapshot);
    if (!reader) {
        return std::unexpected(reader.error());
    }
    consensus_.installed(now(), install.snapshot, reader->voters(), reader->kraft_version());
    return {};
}

void RaftDriver::send(const SendRequest& request) {
    if (transport_ != nullptr) {
        transport_->send(request.to, request.correlation, request.request);
    } else {
        consensus_.undelivered(now(), request.to, request.correlation);
    }
}

Expected<void> RaftDriver::fill(Reply& reply) const {
    if (auto* fetch = std::get_if<FetchReply>(&reply); fetch != nullptr && fetch->read_from != no_offset) {
        auto bytes = log_.read(fetch->read_from, fetch->most_bytes);
        if (!bytes) {
            return std::unexpected(std::move(bytes).error());
        }
        fetch->records = std::make_shared<const Bytes>(*std::move(bytes));
    }
    auto* snapshot = std::get_if<FetchSnapshotReply>(&reply);
    if (snapshot != nullptr && snapshot->head.error == ErrorCode::none) {
        auto bytes = log_.snapshots().read_bytes(snapshot->snapshot, snapshot->position, snapshot->most_bytes);
        if (bytes) {
            snapshot->size = log_.snapshots().snapshots().at(snapshot->snapshot).bytes;
            snapshot->bytes = std::make_shared<const Bytes>(*std::move(bytes));
        } else {
            snapshot->head.error = bytes.error().code;
        }
    }
    return {};
}

Expected<void> RaftDriver::answer(SendReply reply) {
    const auto request = open_requests_.find(reply.to);
    if (request == open_requests_.end()) {
        return {};
    }
    if (auto filled = fill(reply.reply); !filled) {
        return filled;
    }
    const auto answer = std::move(request->second);
    open_requests_.erase(request);
    answer(std::move(reply.reply));
    return {};
}

void RaftDriver::receive(const Request& request, std::function<void(Reply)> answer) {
    const RequestId id{++last_request_};
    open_requests_.emplace(id, std::move(answer));
    consensus_.receive(now(), id, request);
    wake();
}

void RaftDriver::received(NodeId from, Correlation correlation, const Reply& reply) {
    consensus_.receive(now(), from, correlation, reply);
    wake();
}

void RaftDriver::undelivered(NodeId to, Correlation correlation) {
    consensus_.undelivered(now(), to, correlation);
    wake();
}

Expected<Offset> RaftDriver::append(LeaderEpoch epoch, std::span<const Bytes> values) {
    if (failure_) {
        return std::unexpected(*failure_);
    }
    auto offset = consensus_.append(now(), epoch, values);
    wake();
    return offset;
}

void RaftDriver::resign(LeaderEpoch epoch) {
    consensus_.resign(now(), epoch);
    wake();
}

Expected<void> RaftDriver::clean() {
    clean_at_ = clock_.now() + clean_interval;
    const auto moved = log_.clean(clock_.now(), clock_.timestamp());
    if (!moved) {
        return std::unexpected(moved.error());
    }
    if (*moved) {
        consensus_.drop_before(log_.start());
    }
    return {};
}

Expected<void> RaftDriver::close() {
    if (auto flushed = log_.flush(clock_.timestamp()); !flushed) {
        return flushed;
    }
    return log_.close();
}

}  // namespace barnabas
