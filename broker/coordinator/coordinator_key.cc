#include "coordinator/coordinator_key.h"

#include "model/java_hash.h"

namespace barnabas {

PartitionId partition_for_key(std::string_view key, std::int32_t partitions) {
    // Kafka's abs is 0 for the smallest number, which has no positive counterpart.
    const std::int32_t hash = java_hash(key);
    const std::int32_t positive = hash == INT32_MIN ? 0 : hash < 0 ? -hash : hash;
    return {positive % partitions};
}

}  // namespace barnabas
