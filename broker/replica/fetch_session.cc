#include "replica/fetch_session.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas {

std::size_t FetchSession::KeyHash::operator()(const Key& key) const noexcept {
    return (std::hash<std::string>()(key.topic) ^ std::hash<Uuid>()(key.id)) * 31 +
           static_cast<std::size_t>(key.partition.value);
}

void FetchSession::put(const FetchPartition& wanted) {
    const auto found = by_key_.find(key(wanted));
    if (found != by_key_.end()) {
        found->second->wanted = wanted;
        return;
    }
    partitions_.push_back({.wanted = wanted});
    by_key_.emplace(key(wanted), std::prev(partitions_.end()));
}

void FetchSession::forget(const FetchPartition& gone) {
    const auto found = by_key_.find(key(gone));
    if (found != by_key_.end()) {
        partitions_.erase(found->second);
        by_key_.erase(found);
    }
}

std::vector<FetchPartition> FetchSession::partitions() const {
    std::vector<FetchPartition> all;
    all.reserve(partitions_.size());
    for (const Cached& cached : partitions_) {
        all.push_back(cached.wanted);
    }
    return all;
}

bool FetchSession::answered(const FetchPartition& partition, const FetchedState& state) {
    const auto found = by_key_.find(key(partition));
    if (found == by_key_.end()) {
        return true;
    }
    Cached& cached = *found->second;
    const bool moved = cached.high_watermark != state.high_watermark || cached.log_start != state.log_start;
    // After an error the watermark counts as unknown, so that the first good answer is not left out.
    cached.high_watermark = state.has_error ? no_offset : state.high_watermark;
    cached.log_start = state.log_start;
    if (state.has_records) {
        partitions_.splice(partitions_.end(), partitions_, found->second);
    }
    return moved || state.has_records || state.has_error;
}

void FetchSession::next_epoch(Instant now) {
    epoch_ = epoch_ == INT32_MAX ? 1 : epoch_ + 1;
    last_used_ = now;
}

Expected<FetchSessionCache::Context> FetchSessionCache::begin(Request request, Instant now) {
    const std::scoped_lock lock(mutex_);
    constexpr std::int32_t initial = 0, final = -1;
    if (request.session_epoch != initial && request.session_epoch != final) {
        return resume(std::move(request), now);
    }
    if (request.session_id != 0) {
        sessions_.erase(request.session_id);
    }
    Context context;
    if (request.session_epoch == initial && !request.partitions.empty()) {
        context.session = create(request, now);
    }
    context.partitions = std::move(request.partitions);
    return context;
}

Expected<FetchSessionCache::Context> FetchSessionCache::resume(Request request, Instant now) {
    const auto found = sessions_.find(request.session_id);
    if (found == sessions_.end()) {
        return fail(ErrorCode::fetch_session_id_not_found, fmt::format("no fetch session {}", request.session_id));
    }
    FetchSession& session = *found->second;
    if (session.uses_topic_ids() != request.uses_topic_ids) {
        return fail(
            ErrorCode::fetch_session_topic_id_error,
            fmt::format("fetch session {} names topics in another way", request.session_id)
        );
    }
    if (session.epoch() != request.session_epoch) {
        return fail(
            ErrorCode::invalid_fetch_session_epoch,
            fmt::format(
                "fetch session {} is in epoch {}, not {}", request.session_id, session.epoch(), request.session_epoch
            )
        );
    }
    for (const FetchPartition& wanted : request.partitions) {
        session.put(wanted);
    }
    for (const FetchPartition& gone : request.forgotten) {
        session.forget(gone);
    }
    Context context{.session = nullptr, .incremental = true, .partitions = session.partitions()};
    if (session.size() == 0) {
        sessions_.erase(found);
        context.incremental = false;
    } else {
        session.next_epoch(now);
        context.session = found->second;
    }
    return context;
}

std::shared_ptr<FetchSession> FetchSessionCache::create(const Request& request, Instant now) {
    if (!make_room(request.partitions.size(), now)) {
        return nullptr;
    }
    std::int32_t id = 0;
    do {
        id = static_cast<std::int32_t>(random_.below(INT32_MAX - 1)) + 1;
    } while (sessions_.contains(id));
    auto session = std::make_shared<FetchSession>(id, request.uses_topic_ids, now);
    for (const FetchPartition& wanted : request.partitions) {
        session->put(wanted);
    }
    session->next_epoch(now);
    sessions_.emplace(id, session);
    return session;
}

bool FetchSessionCache::make_room(std::size_t partitions, Instant now) {
    if (sessions_.size() < options_.slots) {
        return true;
    }
    if (options_.slots == 0) {
        return false;
    }
    const auto oldest =
        std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second->last_used(); });
    if (now - oldest->second->last_used() > options_.evict_after) {
        sessions_.erase(oldest);
        return true;
    }
    // A larger session saves more than a smaller one, once that had its time.
    const auto smallest = std::ranges::min_element(sessions_, {}, [](const auto& each) { return each.second->size(); });
    if (smallest->second->size() < partitions && now - smallest->second->created() > options_.evict_after) {
        sessions_.erase(smallest);
        return true;
    }
    return false;
}

bool FetchSessionCache::answered(const Context& context, const FetchPartition& partition, const FetchedState& state) {
    if (!context.session) {
        return true;
    }
    const std::scoped_lock lock(mutex_);
    return context.session->answered(partition, state) || !context.incremental;
}

void FetchSessionCache::held_back(const Context& context) {
    if (context.session && !context.incremental) {
        const std::scoped_lock lock(mutex_);
        sessions_.erase(context.session_id());
    }
}

std::size_t FetchSessionCache::size() const {
    const std::scoped_lock lock(mutex_);
    return sessions_.size();
}

}  // namespace barnabas
