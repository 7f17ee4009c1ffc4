#include "group/group_shard.h"

#include "common/check.h"

namespace barnabas {

GroupShard::GroupShard(GroupOptions options, std::uint64_t seed)
    : options_(options),
      random_(seed),
      classic_({options_, groups_, alarms_, writes_, random_}),
      offset_requests_({options_, groups_, offsets_, writes_}) {}

void GroupShard::replay(Offset offset, ProducerId producer, GroupRecord record) {
    if (auto* committed = std::get_if<OffsetRecord>(&record)) {
        replay_offset(offset, producer, std::move(*committed));
    } else if (auto* group = std::get_if<ClassicGroupRecord>(&record)) {
        replay_group(std::move(*group));
    } else {
        replay_other(std::get<OtherGroupRecord>(std::move(record)));
    }
}

void GroupShard::replay_offset(Offset offset, ProducerId producer, OffsetRecord record) {
    if (!record.value) {
        return offsets_.erase(record.key);
    }
    if (!groups_.find(record.key.group)) {
        // Nobody joins this group: it exists by its offsets alone.
        groups_.put(ClassicGroup(record.key.group, Timestamp(std::chrono::milliseconds(record.value->commit_timestamp)))
        );
    }
    CommittedOffset committed = CommittedOffset::from(*record.value, offset);
    if (producer == no_producer) {
        offsets_.put(record.key, std::move(committed));
    } else {
        offsets_.put_pending(producer, record.key, std::move(committed));
    }
}

void GroupShard::replay_group(ClassicGroupRecord record) {
    if (!record.value) {
        if (groups_.classic(record.group_id)) {
            groups_.erase(record.group_id);
        }
    } else if (!loaded_) {
        groups_.put(ClassicGroup(record.group_id, *record.value));
    }
    // Once loaded, the group has already become what its records say.
}

void GroupShard::replay_other(OtherGroupRecord record) {
    if (!record.removed) {
        OtherGroup& group = groups_.other(record.group_id, record.type);
        if (record.member_id) {
            group.members.insert(*record.member_id);
        }
        group.keys.insert(std::move(record.key));
        return;
    }
    Group* known = groups_.find(record.group_id);
    auto* group = known ? std::get_if<OtherGroup>(known) : nullptr;
    if (!group || group->type != record.type) {
        return;  // the removal of a group that has changed its type since
    }
    if (record.member_id) {
        group->members.erase(*record.member_id);
    }
    group->keys.erase(record.key);
    if (group->keys.empty()) {
        groups_.erase(record.group_id);
    }
}

Effects GroupShard::loaded(Moment now) {
    CHECK(!loaded_);
    loaded_ = true;
    Step step{now, {}};
    std::vector<std::string> ids;
    for (const auto& [id, group] : groups_.by_id()) {
        ids.push_back(id);
    }
    for (const std::string& id : ids) {
        if (ClassicGroup* group = groups_.classic(id)) {
            classic_.take_over(step, *group);
        }
    }
    next_expiry_ = now.instant + options_.retention_check_interval;
    return finish(step);
}

Effects GroupShard::finish(Step& step) {
    while (const auto due = alarms_.take(step.now.instant)) {
        classic_.expire(step, *due);
    }
    return std::move(step.effects);
}

Effects GroupShard::expire(Moment now) {
    Step step{now, {}};
    if (next_expiry_ <= now.instant) {
        next_expiry_ = now.instant + options_.retention_check_interval;
        offset_requests_.expire(step);
    }
    return finish(step);
}

void GroupShard::committed(Step& step, AfterWrite& what) {
    if (auto* answer = std::get_if<AnswerWrite>(&what)) {
        step.answer(answer->ticket, std::move(answer->reply));
    } else if (auto* assignment = std::get_if<AssignmentWrite>(&what)) {
        classic_.committed(step, *assignment);
    } else if (const auto* comeback = std::get_if<ComebackWrite>(&what)) {
        classic_.committed(step, *comeback);
    }
}

void GroupShard::failed(Step& step, AfterWrite& what, ErrorCode code) {
    if (auto* answer = std::get_if<AnswerWrite>(&what)) {
        step.answer(answer->ticket, with_error(std::move(answer->reply), client_code(code)));
    } else if (const auto* group = std::get_if<NewGroupWrite>(&what)) {
        classic_.failed(step, *group, code);
    } else if (const auto* assignment = std::get_if<AssignmentWrite>(&what)) {
        classic_.failed(step, *assignment, code);
    } else {
        classic_.failed(step, std::get<ComebackWrite>(what), code);
    }
}

Effects GroupShard::committed(Moment now, WriteId write) {
    Step step{now, {}};
    for (AfterWrite& what : writes_.take(write)) {
        committed(step, what);
    }
    return finish(step);
}

Effects GroupShard::failed(Moment now, WriteId write, ErrorCode code) {
    Step step{now, {}};
    for (AfterWrite& what : writes_.take(write)) {
        failed(step, what, code);
    }
    return finish(step);
}

Effects GroupShard::join(Moment now, Ticket ticket, const GroupCaller& caller, const JoinGroupRequest& request) {
    Step step{now, {}};
    classic_.join(step, ticket, caller, request);
    return finish(step);
}

Effects GroupShard::sync(Moment now, Ticket ticket, const GroupCaller& caller, const SyncGroupRequest& request) {
    Step step{now, {}};
    classic_.sync(step, ticket, caller, request);
    return finish(step);
}

ErrorCode GroupShard::heartbeat(Moment now, const HeartbeatRequest& request) {
    return classic_.heartbeat(now, request);
}

Effects GroupShard::leave(Moment now, Ticket ticket, const LeaveGroupRequest& request) {
    Step step{now, {}};
    classic_.leave(step, ticket, request);
    return finish(step);
}

Effects GroupShard::commit(Moment now, Ticket ticket, const GroupCaller& caller, const OffsetCommitRequest& request) {
    Step step{now, {}};
    if (const ErrorCode code = offset_requests_.check_commit(request, caller.version); code != ErrorCode::none) {
        step.answer(ticket, commit_refused(request, code));
        return finish(step);
    }
    ClassicGroup* group = groups_.classic(request.group_id);
    if (group && (group->is(ClassicState::stable) || group->is(ClassicState::preparing_rebalance))) {
        classic_.extend_session(now, *group, request.member_id);
    }
    offset_requests_.commit(step, ticket, request);
    return finish(step);
}

Effects GroupShard::fetch(
    Moment now, Ticket ticket, const OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable
) {
    Step step{now, {}};
    offset_requests_.fetch(step, ticket, request, require_stable);
    return finish(step);
}

Effects GroupShard::delete_offsets(Moment now, Ticket ticket, const OffsetDeleteRequest& request) {
    Step step{now, {}};
    offset_requests_.delete_offsets(step, ticket, request);
    return finish(step);
}

Effects GroupShard::topics_deleted(Moment now, std::span<const std::string> topics) {
    Step step{now, {}};
    offset_requests_.topics_deleted(step, topics);
    return finish(step);
}

Effects GroupShard::delete_groups(Moment now, Ticket ticket, std::span<const std::string_view> group_ids) {
    Step step{now, {}};
    offset_requests_.delete_groups(step, ticket, group_ids);
    return finish(step);
}

void GroupShard::for_each_offset(const EachOffset& each) const {
    for (const auto& [group, topics] : offsets_.by_group()) {
        for (const auto& [topic, partitions] : topics) {
            for (const auto& [partition, offset] : partitions) {
                each(group, topic, partition, offset.offset);
            }
        }
    }
}

}  // namespace barnabas
