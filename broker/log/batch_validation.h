#pragma once

#include "config/topic_config.h"
#include "log/append.h"

namespace barnabas {

/// A batch may expand to no more than this while it is checked.
inline constexpr std::size_t most_decompressed_bytes = std::size_t{1} << 28;

/// By what a leader judges batches.
struct ValidationRules {
    std::string_view partition;  ///< for the words of errors
    const TopicConfig& config;
    AppendOrigin origin = AppendOrigin::client;
    LeaderEpoch epoch;
    Timestamp now;
    bool any_size = false;  ///< `max.message.bytes` does not apply
};

/// Batches as they go to disk: offsets, epoch and timestamp type in place.
struct ValidatedBatches {
    Bytes rebuilt;    ///< where a batch had to be written anew, in another codec or with other offsets
    BytesView bytes;  ///< `rebuilt`, or what was given
    Offset first = no_offset;
    Offset last = no_offset;
    std::int32_t records = 0;
    Timestamp largest = no_timestamp;
};

/// Kafka's LogValidator: checks a producer's batches, header and records, and gives them offsets from `next` on, in
/// place where nothing else changes. A cut off last batch is left out; without a whole batch `bytes` is empty.
///
/// Errors, those of Kafka: corrupt_message (checksum, sizes), invalid_record (no or several batches, header, records;
/// per record where a key is missing on a compacted topic), invalid_timestamp (per record), message_too_large,
/// unknown_server_error (does not decompress).
std::expected<ValidatedBatches, AppendFailure> validate_and_assign(
    MutableBytes batches, Offset next, const ValidationRules& rules
);

}  // namespace barnabas
