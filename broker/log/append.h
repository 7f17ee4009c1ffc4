#pragma once

#include <string>
#include <vector>

#include "model/record_batch.h"

namespace barnabas {

/// Who appends; decides what is checked.
enum class AppendOrigin : std::uint8_t {
    client,       ///< a producer: everything is checked, control batches are refused
    coordinator,  ///< this node's own records, among them transaction markers
};

/// What an append answered. Of a duplicate: what the first append of the batch answered.
struct Appended {
    Offset first_offset = no_offset;
    Offset last_offset = no_offset;
    Timestamp log_append_time = no_timestamp;  ///< none under create time
    Offset log_start = no_offset;
    std::int32_t records = 0;
    std::int64_t bytes = 0;
    bool duplicate = false;
    bool rolled = false;  ///< a segment was begun: see WriteBehind
    bool much = false;    ///< enough was appended for a piece of its own: see WriteBehind
};

/// Why one record of a batch was refused (KIP-467).
struct RecordError {
    std::int32_t index = 0;  ///< of the record in its batch
    std::string message;
    bool operator==(const RecordError&) const = default;
};

struct AppendFailure {
    Error error;
    std::vector<RecordError> records;
};

}  // namespace barnabas
