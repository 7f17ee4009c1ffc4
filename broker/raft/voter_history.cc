#include "raft/voter_history.h"

namespace barnabas {

namespace {

template <class T>
std::optional<T> last_before(const std::map<Offset, T>& history, Offset end) {
    const auto after = history.lower_bound(end);
    return after == history.begin() ? std::nullopt : std::optional(std::prev(after)->second);
}

}  // namespace

Expected<void> VoterHistory::learn(const ControlRecordView& record) {
    if (record.type == ControlType::voters) {
        const auto message = record.as<VotersRecord>();
        auto set = message ? VoterSet::from_record(*message) : std::unexpected(message.error());
        if (!set) {
            return std::unexpected(std::move(set).error());
        }
        learn_voters(record.offset, *std::move(set));
    } else if (record.type == ControlType::kraft_version) {
        const auto message = record.as<KRaftVersionRecord>();
        if (!message) {
            return std::unexpected(message.error());
        }
        learn_version(record.offset, message->k_raft_version);
    }
    return {};
}

void VoterHistory::restart(Offset end, const std::optional<VoterSet>& voters, std::optional<std::int16_t> version) {
    voters_.clear();
    versions_.clear();
    if (voters) {
        learn_voters(end - 1, *voters);
    }
    if (version) {
        learn_version(end - 1, *version);
    }
}

void VoterHistory::truncate(Offset end) {
    voters_.erase(voters_.lower_bound(end), voters_.end());
    versions_.erase(versions_.lower_bound(end), versions_.end());
}

const VoterSet& VoterHistory::voters() const {
    return voters_.empty() ? configured_ : voters_.rbegin()->second;
}

std::optional<VoterSet> VoterHistory::voters_before(Offset end) const {
    return last_before(voters_, end);
}

std::optional<std::int16_t> VoterHistory::kraft_version_before(Offset end) const {
    return last_before(versions_, end);
}

bool VoterHistory::from_format() const {
    return !voters_.empty() && voters_.rbegin()->first < Offset{0};
}

}  // namespace barnabas
