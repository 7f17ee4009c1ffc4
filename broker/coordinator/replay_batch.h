#pragma once

#include "group/group_shard.h"
#include "model/record_batch.h"

namespace barnabas {

/// Replays the records of one batch of __consumer_offsets from `from` on; a control batch ends its producer's
/// transaction. Records of a type that only a later Kafka knows are left alone, as Kafka does. Errors: corrupt_message.
[[nodiscard]] Expected<void> replay_batch(GroupShard& shard, RecordBatchView batch, Offset from);

}  // namespace barnabas
