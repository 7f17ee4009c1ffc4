#pragma once

#include "cli/coordinator_record.h"
#include "cli/dump_batches.h"

namespace barnabas {

/// Keys and values by the names of Apache's decoder classes. Errors are sentences: a class that is not built in.
[[nodiscard]] std::expected<RecordDecoder, std::string> make_plain_decoder(
    const std::string& key_class, const std::string& value_class
);

/// Records of an internal topic as JSON.
[[nodiscard]] RecordDecoder make_coordinator_decoder(CoordinatorLog log);

/// Records of the metadata log and its snapshots as JSON.
[[nodiscard]] RecordDecoder make_metadata_decoder();

}  // namespace barnabas
