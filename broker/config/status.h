#pragma once

#include <cstdint>
#include <string_view>

namespace barnabas {

/// Whether a setting has its effect. `honoured`: yes. `idle`: it tunes something that is not here; it is accepted and
/// named in one warning. `refused`: it asks for something that is not here; any value but the default is an error.
enum class Standing : std::uint8_t { honoured, idle, refused };

struct Status {
    Standing standing;
    std::string_view reason;  ///< a clause that follows "because"; empty when honoured
};

/// What the status column of the option tables is written with.
namespace status {

inline constexpr Status honoured{Standing::honoured, ""};

inline constexpr Status no_pools{Standing::idle, "Barnabas has no such queues, buffers and thread pools"};
inline constexpr Status no_linger{Standing::idle, "groups and offsets are written at once"};
inline constexpr Status no_samples{
    Standing::idle, "metrics are read over HTTP, where they need no samples and reporters"
};
inline constexpr Status no_timing{Standing::idle, "the controller does not report the times of its events"};
inline constexpr Status one_node{Standing::idle, "this version runs one node alone"};
inline constexpr Status no_node_links{Standing::idle, "this node connects to no other"};
inline constexpr Status no_slow_replication{Standing::idle, "replication cannot be slowed down yet"};
inline constexpr Status no_transactions{Standing::idle, "transactions are not supported yet"};
inline constexpr Status no_new_groups{Standing::idle, "only the classic group protocol is supported yet"};
inline constexpr Status no_share{Standing::idle, "share groups are not supported yet"};
inline constexpr Status no_streams{Standing::idle, "streams groups are not supported yet"};
inline constexpr Status no_telemetry{Standing::idle, "metrics pushed by clients are not supported yet"};
inline constexpr Status no_early_start{
    Standing::idle, "no listener serves before the access rules are read, which takes no other node here"
};
inline constexpr Status no_dir_moves{Standing::idle, "moving replicas between directories is not supported yet"};
inline constexpr Status no_java_tls{Standing::idle, "OpenSSL does TLS here, which leaves no such choice"};
inline constexpr Status no_tiering_yet{Standing::idle, "tiered storage is not supported yet"};

inline constexpr Status no_tiering{Standing::refused, "tiered storage is not supported yet"};
inline constexpr Status no_plugins{Standing::refused, "Barnabas is no Java program and loads no Java classes"};
inline constexpr Status no_providers{Standing::refused, "values cannot be fetched from elsewhere"};
inline constexpr Status no_unstable{Standing::refused, "Barnabas has no unstable API versions and feature levels"};
inline constexpr Status no_cordon{Standing::refused, "log directories cannot be cordoned yet"};

}  // namespace status

}  // namespace barnabas
