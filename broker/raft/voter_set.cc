#include "raft/voter_set.h"

#include <fmt/format.h>

#include <charconv>

namespace barnabas {

namespace {

template <class Int>
std::optional<Int> parse_number(std::string_view text) {
    Int value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<Voter> parse_static_voter(std::string_view text, const std::string& listener) {
    const std::size_t at = text.find('@');
    const std::size_t colon = text.rfind(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon < at) {
        return std::nullopt;
    }
    std::string_view host = text.substr(at + 1, colon - at - 1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto id = parse_number<std::int32_t>(text.substr(0, at));
    const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!id || *id < 0 || !port || host.empty()) {
        return std::nullopt;
    }
    return Voter{{{*id}, {}}, {{listener, std::string(host), *port}}, 0, 0};
}

Voter voter_of(const VotersRecord::Voter& record) {
    Voter voter{
        {{record.voter_id}, record.voter_directory_id},
        {},
        record.k_raft_version_feature.min_supported_version,
        record.k_raft_version_feature.max_supported_version
    };
    for (const auto& endpoint : record.endpoints) {
        voter.endpoints.push_back({endpoint.name, endpoint.host, endpoint.port});
    }
    return voter;
}

}  // namespace

VoterSet::VoterSet(std::vector<Voter> voters) {
    for (Voter& voter : voters) {
        voters_.insert_or_assign(voter.key.id, std::move(voter));
    }
}

Expected<VoterSet> VoterSet::from_record(const VotersRecord& record) {
    VoterSet set;
    for (const auto& voter : record.voters) {
        if (!set.voters_.emplace(NodeId{voter.voter_id}, voter_of(voter)).second) {
            return fail(ErrorCode::corrupt_message, fmt::format("the voters' record names {} twice", voter.voter_id));
        }
    }
    return set;
}

VotersRecord VoterSet::record() const {
    VotersRecord record;
    for (const auto& [id, voter] : voters_) {
        VotersRecord::Voter& into = record.voters.emplace_back();
        into.voter_id = id.value;
        into.voter_directory_id = voter.key.directory;
        into.k_raft_version_feature.min_supported_version = voter.least_kraft_version;
        into.k_raft_version_feature.max_supported_version = voter.greatest_kraft_version;
        for (const VoterEndpoint& endpoint : voter.endpoints) {
            VotersRecord::Endpoint& listens = into.endpoints.emplace_back();
            listens.name = endpoint.listener;
            listens.host = endpoint.host;
            listens.port = endpoint.port;
        }
    }
    return record;
}

Expected<VoterSet> VoterSet::from_static(const std::vector<std::string>& voters, const std::string& listener) {
    VoterSet set;
    for (const std::string& text : voters) {
        auto voter = parse_static_voter(text, listener);
        if (!voter) {
            return fail(
                ErrorCode::invalid_config,
                fmt::format("controller.quorum.voters: '{}' is not of the form id@host:port", text)
            );
        }
        const NodeId id = voter->key.id;
        if (!set.voters_.emplace(id, *std::move(voter)).second) {
            return fail(
                ErrorCode::invalid_config, fmt::format("controller.quorum.voters names node {} twice", id.value)
            );
        }
    }
    return set;
}

bool VoterSet::contains(const ReplicaKey& key) const {
    const auto voter = voters_.find(key.id);
    return voter != voters_.end() && voter->second.key.matches(key);
}

std::optional<ReplicaKey> VoterSet::key_of(NodeId id) const {
    const auto voter = voters_.find(id);
    return voter != voters_.end() ? std::optional(voter->second.key) : std::nullopt;
}

VoterSet VoterSet::with(const Voter& voter) const {
    VoterSet set = *this;
    set.voters_.insert_or_assign(voter.key.id, voter);
    return set;
}

}  // namespace barnabas
