#pragma once

#include <string_view>

namespace barnabas {

inline constexpr std::string_view consumer_offsets_topic = "__consumer_offsets";
inline constexpr std::string_view transaction_state_topic = "__transaction_state";
inline constexpr std::string_view share_group_state_topic = "__share_group_state";

/// Not to be confused with other topics, which clients may not write: the metadata log is no topic of the image at all.
inline constexpr std::string_view cluster_metadata_topic = "__cluster_metadata";

/// Topics that brokers write for themselves; clients read them, and see them marked as internal.
[[nodiscard]] constexpr bool is_internal_topic(std::string_view name) {
    return name == consumer_offsets_topic || name == transaction_state_topic || name == share_group_state_topic;
}

}  // namespace barnabas
