#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "raft/voter_set.h"

namespace barnabas {

inline constexpr std::string_view quorum_state_file_name = "quorum-state";

/// What a replica must never forget: the epoch it is in, whom it voted for in it, and who leads it. On the device
/// before any message that rests on it leaves.
struct QuorumState {
    LeaderEpoch epoch{0};
    NodeId leader = no_node;
    std::optional<ReplicaKey> voted;  ///< nothing when there was no vote in `epoch`, or none that matters any more

    bool operator==(const QuorumState&) const = default;
};

/// The text of the file `quorum-state` as Apache writes it: JSON of QuorumStateData, of data version 1 under
/// kraft.version 1, else of version 0 with the static voters.
[[nodiscard]] std::string quorum_state_text(
    const QuorumState& state, std::int16_t kraft_version, const VoterSet& voters
);

/// Errors: a sentence on what is wrong with the text.
[[nodiscard]] std::expected<QuorumState, std::string> parse_quorum_state(std::string_view text);

}  // namespace barnabas
