#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace barnabas {

/// Levels of a feature, both ends included.
struct LevelRange {
    std::int16_t first;
    std::int16_t last;

    [[nodiscard]] constexpr bool contains(std::int16_t level) const { return level >= first && level <= last; }
    bool operator==(const LevelRange&) const = default;
};

/// Features of a cluster by name, with the levels that a node can do (KIP-584).
using SupportedFeatures = std::map<std::string, LevelRange, std::less<>>;

/// `metadata.version`: which records, and which of their fields, the cluster writes. Kafka's number of the level.
using MetadataVersion = std::int16_t;

namespace feature {

inline constexpr std::string_view metadata_version = "metadata.version";
inline constexpr std::string_view kraft_version = "kraft.version";
inline constexpr std::string_view transaction_version = "transaction.version";
inline constexpr std::string_view group_version = "group.version";
inline constexpr std::string_view eligible_leader_replicas_version = "eligible.leader.replicas.version";
inline constexpr std::string_view share_version = "share.version";
inline constexpr std::string_view streams_version = "streams.version";

// Levels of metadata.version from which on something is written.
inline constexpr MetadataVersion v3_3_iv3 = 7;   ///< the oldest that is supported
inline constexpr MetadataVersion v3_4_iv0 = 8;   ///< RegisterBrokerRecord 2
inline constexpr MetadataVersion v3_5_iv2 = 11;  ///< SCRAM credentials
inline constexpr MetadataVersion v3_6_iv0 = 12;  ///< a smaller ISR no longer raises the leader epoch
inline constexpr MetadataVersion v3_6_iv1 = 13;  ///< transactions of several batches
inline constexpr MetadataVersion v3_6_iv2 = 14;  ///< delegation tokens
inline constexpr MetadataVersion v3_7_iv0 = 15;  ///< controllers register
inline constexpr MetadataVersion v3_7_iv2 = 17;  ///< replicas are assigned to directories (KIP-858)
inline constexpr MetadataVersion v4_0_iv1 = 23;  ///< eligible leader replicas (KIP-966)
inline constexpr MetadataVersion v4_3_iv0 = 30;  ///< cordoned directories

/// What a node of this program registers with.
[[nodiscard]] SupportedFeatures supported();

}  // namespace feature

}  // namespace barnabas
