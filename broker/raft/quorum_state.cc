#include "raft/quorum_state.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace barnabas {

namespace {

using Object = boost::json::object;

constexpr std::int64_t newest_data_version = 1;

std::expected<std::int32_t, std::string> number(const Object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    const auto* integer = value != nullptr ? value->if_int64() : nullptr;
    if (integer == nullptr || !std::in_range<std::int32_t>(*integer)) {
        return std::unexpected(fmt::format("{} is missing or no 32 bit number", key));
    }
    return static_cast<std::int32_t>(*integer);
}

std::expected<Uuid, std::string> directory(const Object& object, std::int32_t data_version) {
    if (data_version == 0) {
        return Uuid{};
    }
    const auto* value = object.if_contains("votedDirectoryId");
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    const auto parsed = text != nullptr ? Uuid::parse(std::string_view(*text)) : std::nullopt;
    if (!parsed) {
        return std::unexpected("votedDirectoryId is missing or no UUID");
    }
    return *parsed;
}

}  // namespace

std::string quorum_state_text(const QuorumState& state, std::int16_t kraft_version, const VoterSet& voters) {
    Object object;
    if (kraft_version == 0) {
        object["clusterId"] = "";
    }
    object["leaderId"] = state.leader.value;
    object["leaderEpoch"] = state.epoch.value;
    object["votedId"] = state.voted ? state.voted->id.value : -1;
    if (kraft_version == 0) {
        object["appliedOffset"] = 0;
        boost::json::array ids;
        for (const auto& [id, voter] : voters.voters()) {
            ids.push_back(Object{{"voterId", id.value}});
        }
        object["currentVoters"] = std::move(ids);
    } else {
        object["votedDirectoryId"] = (state.voted ? state.voted->directory : Uuid{}).text();
    }
    object["data_version"] = kraft_version == 0 ? 0 : 1;
    return boost::json::serialize(object);
}

std::expected<QuorumState, std::string> parse_quorum_state(std::string_view text) {
    boost::json::error_code error;
    const boost::json::value json = boost::json::parse({text.data(), text.size()}, error);
    if (error || !json.is_object()) {
        return std::unexpected("it is no JSON object");
    }
    const Object& object = json.get_object();
    const auto version = number(object, "data_version");
    if (!version || *version < 0 || *version > newest_data_version) {
        return std::unexpected(fmt::format("data_version is not between 0 and {}", newest_data_version));
    }
    const auto leader = number(object, "leaderId");
    const auto epoch = number(object, "leaderEpoch");
    const auto voted = number(object, "votedId");
    const auto voted_directory = directory(object, *version);
    for (const auto* field : {&leader, &epoch, &voted}) {
        if (!*field) {
            return std::unexpected(field->error());
        }
    }
    if (!voted_directory) {
        return std::unexpected(voted_directory.error());
    }
    if (*leader < -1 || *epoch < 0 || *voted < -1) {
        return std::unexpected("leaderId, leaderEpoch or votedId is below what it may be");
    }
    QuorumState state{{*epoch}, {*leader}, std::nullopt};
    if (*voted >= 0) {
        state.voted = ReplicaKey{{*voted}, *voted_directory};
    }
    return state;
}

}  // namespace barnabas
