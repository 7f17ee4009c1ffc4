#pragma once

#include <map>
#include <vector>

#include "log/producer_entry.h"
#include "model/error.h"

namespace barnabas {

/// The bytes of a `.snapshot` file, version 1: what a partition knew of its producers at an offset. Of a producer's
/// batches only the last is kept.
[[nodiscard]] Bytes producer_snapshot(const std::map<ProducerId, ProducerEntry>& producers);

/// Errors: corrupt_message for another version, a wrong checksum, or a length that the count does not explain.
[[nodiscard]] Expected<std::vector<ProducerEntry>> parse_producer_snapshot(BytesView bytes);

}  // namespace barnabas
