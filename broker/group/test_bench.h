#pragma once

#include <deque>
#include <map>
#include <memory>

#include "group/group_shard.h"

namespace barnabas {

/// A shard with a driver for tests: a log in memory, a clock that is set by hand, and the answers by ticket.
class ShardBench {
public:
    explicit ShardBench(GroupOptions options = {}, std::uint64_t seed = 1) : options_(options), seed_(seed) {
        restart();
    }

    /// A new shard that has loaded what is in the log, as another broker would.
    void restart() {
        shard_ = std::make_unique<GroupShard>(options_, ++seed_);
        answers_.clear();
        uncommitted_.clear();
        for (std::size_t i = 0; i < log_.size(); ++i) {
            shard_->replay({static_cast<std::int64_t>(i)}, no_producer, through_bytes(log_[i]));
        }
        perform(shard_->loaded(now()));
    }

    [[nodiscard]] GroupShard& shard() { return *shard_; }
    [[nodiscard]] const std::vector<GroupRecord>& log() const { return log_; }
    [[nodiscard]] Moment now() const { return now_; }

    /// While false, writes stay uncommitted until `commit_all`.
    void commit_at_once(bool yes) { commit_at_once_ = yes; }
    void commit_all() {
        while (!uncommitted_.empty()) {
            const WriteId id = uncommitted_.front();
            uncommitted_.pop_front();
            perform(shard_->committed(now(), id));
        }
    }
    /// While set, the log refuses.
    void refuse_writes(ErrorCode code) { refusal_ = code; }

    void pass(std::chrono::milliseconds time) {
        const Instant end = now_.instant + time;
        while (shard_->next_deadline() <= end) {
            move_to(std::max(shard_->next_deadline(), now_.instant));
            perform(shard_->expire(now()));
        }
        move_to(end);
    }

    template <class Request>
    Ticket join(const Request& request, std::int16_t version = 9) {
        return ask([&](Ticket ticket) { return shard_->join(now(), ticket, caller(version), request); });
    }
    Ticket sync(const SyncGroupRequest& request, std::int16_t version = 5) {
        return ask([&](Ticket ticket) { return shard_->sync(now(), ticket, caller(version), request); });
    }
    Ticket leave(const LeaveGroupRequest& request) {
        return ask([&](Ticket ticket) { return shard_->leave(now(), ticket, request); });
    }
    ErrorCode heartbeat(const HeartbeatRequest& request) { return shard_->heartbeat(now(), request); }
    Ticket commit(const OffsetCommitRequest& request, std::int16_t version = 9) {
        return ask([&](Ticket ticket) { return shard_->commit(now(), ticket, caller(version), request); });
    }
    Ticket fetch(const OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable = false) {
        return ask([&](Ticket ticket) { return shard_->fetch(now(), ticket, request, require_stable); });
    }
    Ticket delete_offsets(const OffsetDeleteRequest& request) {
        return ask([&](Ticket ticket) { return shard_->delete_offsets(now(), ticket, request); });
    }
    Ticket delete_groups(std::vector<std::string_view> ids) {
        return ask([&](Ticket ticket) { return shard_->delete_groups(now(), ticket, ids); });
    }
    void topics_deleted(std::vector<std::string> topics) { perform(shard_->topics_deleted(now(), topics)); }

    /// The answer to `ticket`, or null while there is none.
    template <class Response>
    [[nodiscard]] const Response* answer(Ticket ticket) const {
        const auto found = answers_.find(ticket);
        return found == answers_.end() ? nullptr : &std::get<Response>(found->second);
    }
    [[nodiscard]] bool answered(Ticket ticket) const { return answers_.contains(ticket); }
    /// Tickets that were answered more than once: must be 0.
    [[nodiscard]] int double_answers() const { return double_answers_; }

    /// Records as another kind of writer would have left them.
    void write_record(GroupRecord record, ProducerId producer = no_producer) {
        shard_->replay({static_cast<std::int64_t>(log_.size())}, producer, record);
        log_.push_back(std::move(record));
    }

private:
    static GroupCaller caller(std::int16_t version) { return {"client", "/10.0.0.1", version}; }

    static GroupRecord through_bytes(const GroupRecord& record) {
        if (std::holds_alternative<OtherGroupRecord>(record)) {
            return record;
        }
        const Record bytes = encode(record);
        return **decode_group_record(*bytes.key, bytes.value ? std::optional<BytesView>(*bytes.value) : std::nullopt);
    }

    template <class Decide>
    Ticket ask(Decide decide) {
        const Ticket ticket{++last_ticket_};
        perform(decide(ticket));
        return ticket;
    }

    void move_to(Instant instant) {
        now_.timestamp += std::chrono::duration_cast<std::chrono::milliseconds>(instant - now_.instant);
        now_.instant = instant;
    }

    void perform(Effects effects) {
        for (auto& write : effects.writes) {
            if (refusal_ != ErrorCode::none) {
                perform(shard_->failed(now(), write.id, refusal_));
                continue;
            }
            for (auto& record : write.records) {
                write_record(std::move(record));
            }
            uncommitted_.push_back(write.id);
        }
        for (auto& one : effects.answers) {
            double_answers_ += answers_.insert_or_assign(one.ticket, std::move(one.reply)).second ? 0 : 1;
        }
        if (commit_at_once_) {
            commit_all();
        }
    }

    GroupOptions options_;
    std::uint64_t seed_;
    Moment now_{Instant(std::chrono::hours(1)), Timestamp(std::chrono::milliseconds(1'700'000'000'000))};
    std::unique_ptr<GroupShard> shard_;
    std::vector<GroupRecord> log_;
    std::map<Ticket, GroupReply> answers_;
    std::deque<WriteId> uncommitted_;
    std::uint64_t last_ticket_ = 0;
    int double_answers_ = 0;
    bool commit_at_once_ = true;
    ErrorCode refusal_ = ErrorCode::none;
};

}  // namespace barnabas
