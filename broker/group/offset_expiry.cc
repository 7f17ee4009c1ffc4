#include <algorithm>

#include "group/offset_requests.h"

namespace barnabas {

namespace {

using std::chrono::milliseconds;

/// Well below any sensible `max.message.bytes` of the topic, for removals that may be many.
constexpr std::size_t most_bytes_in_write = 256 * 1024;

std::size_t size_about(const GroupRecord& record) {
    constexpr std::size_t overhead = 32;
    if (const auto* offset = std::get_if<OffsetRecord>(&record)) {
        return overhead + offset->key.group.size() + offset->key.topic.size();
    }
    if (const auto* other = std::get_if<OtherGroupRecord>(&record)) {
        return overhead + other->key.size();
    }
    return overhead + std::get<ClassicGroupRecord>(record).group_id.size();
}

bool is_empty(const Group& group) {
    const auto* classic = std::get_if<ClassicGroup>(&group);
    return classic ? classic->is(ClassicState::empty) : std::get<OtherGroup>(group).members.empty();
}

/// From when on an offset's retention counts: nothing while its group may still need it (KIP-211).
std::optional<Timestamp> retention_start(const Group& group, const CommittedOffset& offset) {
    const auto* classic = std::get_if<ClassicGroup>(&group);
    if (!classic) {
        return is_empty(group) ? std::optional(offset.committed_at) : std::nullopt;
    }
    if (!classic->protocol_type()) {
        return offset.committed_at;  // a consumer that assigns itself
    }
    if (classic->is(ClassicState::empty)) {
        return classic->state_since().value_or(offset.committed_at);
    }
    if (classic->is(ClassicState::stable) && classic->uses_consumer_protocol() && classic->subscribed_topics()) {
        return offset.committed_at;  // of topics that nobody in the group reads any more
    }
    return std::nullopt;
}

bool is_subscribed(const Group& group, std::string_view topic) {
    const auto* classic = std::get_if<ClassicGroup>(&group);
    return classic && classic->is_subscribed_to(topic);
}

}  // namespace

void OffsetRequests::remove_all(std::string_view group_id, Records& records) const {
    if (const auto* topics = parts_.offsets.of(group_id)) {
        for (const auto& [topic, partitions] : *topics) {
            for (const auto& [partition, offset] : partitions) {
                records.push_back(removal_of_offset(group_id, topic, partition));
            }
        }
    }
    if (const auto* topics = parts_.offsets.pending_of(group_id)) {
        for (const auto& [topic, partitions] : *topics) {
            for (const auto& [partition, producers] : partitions) {
                if (!parts_.offsets.find(group_id, topic, partition)) {
                    records.push_back(removal_of_offset(group_id, topic, partition));
                }
            }
        }
    }
}

void OffsetRequests::remove_group(std::string_view group_id, Records& records) const {
    const Group* group = parts_.groups.find(group_id);
    if (const auto* other = std::get_if<OtherGroup>(group)) {
        for (const Bytes& key : other->keys) {
            records.push_back(OtherGroupRecord{other->type, std::string(group_id), {}, key, true});
        }
    } else {
        records.push_back(ClassicGroupRecord{std::string(group_id), std::nullopt});
    }
}

bool OffsetRequests::expire_offsets(Moment now, const std::string& group_id, const Group& group, Records& records)
    const {
    const auto* topics = parts_.offsets.of(group_id);
    bool all = !parts_.offsets.has_pending(group_id);
    if (!topics) {
        return all;
    }
    for (const auto& [topic, partitions] : *topics) {
        const bool subscribed = is_subscribed(group, topic);
        for (const auto& [partition, offset] : partitions) {
            const auto start = retention_start(group, offset);
            const bool due = start && (offset.expires_at ? now.timestamp >= *offset.expires_at
                                                         : now.timestamp - *start >= parts_.options.offsets_retention);
            if (due && !subscribed && !parts_.offsets.is_pending(group_id, topic, partition)) {
                records.push_back(removal_of_offset(group_id, topic, partition));
            } else {
                all = false;
            }
        }
    }
    return all;
}

void OffsetRequests::expire(Step& step) {
    Records records;
    for (const auto& [id, group] : parts_.groups.by_id()) {
        const bool bare = expire_offsets(step.now, id, group, records);
        // Groups of the newer protocols live without offsets, too.
        if (bare && is_empty(group) && std::holds_alternative<ClassicGroup>(group)) {
            remove_group(id, records);
        }
    }
    if (!records.empty()) {
        write_all(step, std::move(records));
    }
}

void OffsetRequests::topics_deleted(Step& step, std::span<const std::string> topics) {
    Records records;
    for (const auto& [group, by_topic] : parts_.offsets.by_group()) {
        for (const std::string& topic : topics) {
            const auto found = by_topic.find(topic);
            if (found == by_topic.end()) {
                continue;
            }
            for (const auto& [partition, offset] : found->second) {
                records.push_back(removal_of_offset(group, topic, partition));
            }
        }
    }
    if (!records.empty()) {
        write_all(step, std::move(records));
    }
}

WriteId OffsetRequests::write_all(Step& step, Records records) {
    auto first = records.begin();
    while (true) {
        std::size_t bytes = 0;
        const auto last = std::find_if(first, records.end(), [&](const GroupRecord& record) {
            bytes += size_about(record);
            return bytes > most_bytes_in_write;
        });
        const auto end = last == first ? last + 1 : last;
        const WriteId id =
            parts_.writes.begin(step.effects, Records(std::make_move_iterator(first), std::make_move_iterator(end)));
        if (end == records.end()) {
            return id;
        }
        first = end;
    }
}

}  // namespace barnabas
