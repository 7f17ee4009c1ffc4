#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>

#include "common/bytes.h"
#include "model/error.h"

namespace barnabas {

/// The coordinators that keep their state as records of an internal topic.
enum class CoordinatorLog : std::uint8_t { group, transaction, share };

/// A record of __consumer_offsets, __transaction_state or __share_group_state.
struct CoordinatorRecord {
    std::int16_t type = 0;  ///< which the key begins with
    boost::json::value key;
    std::int16_t version = 0;                 ///< of the value
    std::optional<boost::json::value> value;  ///< nothing where the record deletes
};

/// Errors: unsupported_version for a type that does not exist, with the type as words; invalid_request for damage.
[[nodiscard]] Expected<CoordinatorRecord> decode_coordinator_record(
    CoordinatorLog log, BytesView key, std::optional<BytesView> value
);

/// Where a classic group's members carry the "consumer" protocol's bytes, puts what they say.
void open_consumer_protocol(CoordinatorRecord& record);

/// One JSON object, as the console consumer's formatters print it.
[[nodiscard]] std::string console_json(const CoordinatorRecord& record);

}  // namespace barnabas
