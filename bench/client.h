#pragma once

#include <functional>

#include "load_options.h"
#include "tally.h"

namespace barnabas::bench {

/// Does what `run_load` does, through librdkafka: `connections` producers or consumers in one process. A request in the
/// tally is a record here, and a latency is a record's, from when it was handed to the client, or by a timetable was
/// due, until its acknowledgement, or at the tail until the consumer has it. Producers keep `depth` + 1 batches of
/// records in their hands. `batches`, `readers` above the partitions and `idle` are not known here.
std::expected<void, std::string> run_client(const LoadOptions& options, const std::function<void(const Tally&)>& tell);

}  // namespace barnabas::bench
