#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace barnabas {

/// What `dump-log` does with an index: prints its entries and holds them against the log, only the latter
/// (--verify-index-only), or only looks whether it would be rebuilt (--index-sanity-check).
enum class IndexCheck : std::uint8_t { print, verify, sanity };

// Each prints to standard output, and what does not match the log to standard error. The log, and for a time index the
// offset index, stand in the same folder. Errors are sentences.
// An offset index may point at batches of at most `most_bytes`: a larger one counts as missing.
std::expected<void, std::string> dump_offset_index(const std::string& path, IndexCheck check, std::int64_t most_bytes);
std::expected<void, std::string> dump_time_index(const std::string& path, IndexCheck check);
std::expected<void, std::string> dump_transaction_index(const std::string& path);
std::expected<void, std::string> dump_producer_snapshot(const std::string& path);

}  // namespace barnabas
