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
    Timestamp now;
    bool any_size = false;  ///< `max.message.bytes` does not apply
};

/// Whole, valid batches, which lack only what the end of a log gives them. See `place`.
struct ValidatedBatches {
    AppendOrigin origin = AppendOrigin::client;
    Bytes rebuilt{};       ///< where a batch had to be written anew, in another codec or with other offsets
    MutableBytes bytes{};  ///< `rebuilt`, or what was given
    bool log_append_time = false;
    Offset first = no_offset;
    Offset last = no_offset;
    std::int32_t records = 0;
    Timestamp largest = no_timestamp;
};

/// Kafka's LogValidator: checks a producer's batches, header and records, in place where they need not be written anew.
/// Takes nearly all of the time of an append beside the write, and knows no log: to be done before its mutex is taken.
/// A cut off last batch is left out; without a whole batch `bytes` is empty.
///
/// Errors, those of Kafka: corrupt_message (checksum, sizes), invalid_record (no or several batches, header, records;
/// per record where a key is missing on a compacted topic), invalid_timestamp (per record), message_too_large,
/// unknown_server_error (does not decompress).
std::expected<ValidatedBatches, AppendFailure> validate(MutableBytes batches, const ValidationRules& rules);

/// Gives the batches offsets from `first` on, the epoch and, where the topic says so, the time of the append: as they
/// go to disk.
void place(ValidatedBatches& batches, Offset first, LeaderEpoch epoch, Timestamp now);

}  // namespace barnabas
