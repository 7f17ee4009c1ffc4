#pragma once

#include <deque>
#include <memory>
#include <set>

#include "client/connection.h"
#include "model/record.h"
#include "model/topic_partition.h"
#include "protocol/fetch.h"

namespace barnabas {

struct FetchedRecord {
    RecordView record;
    TimestampType timestamp_type = TimestampType::create_time;
    LeaderEpoch leader_epoch = no_leader_epoch;
};

/// Records of one partition, in order. They point into what `held` keeps alive.
struct FetchedRecords {
    TopicPartition partition;
    std::vector<FetchedRecord> records;
    Offset next{0};  ///< where reading goes on, past control batches and aborted transactions
    std::shared_ptr<const void> held;
};

/// The records at and above `from` in one partition's part of a fetch. Of transactions only what was committed counts
/// when `aborted` is given. A batch that is cut off at the end is left for the next fetch.
/// Errors: corrupt_message, with the batch's offset.
[[nodiscard]] Expected<FetchedRecords> read_fetched(
    TopicPartition partition, std::shared_ptr<const Reply<FetchResponse>> reply, BytesView bytes, Offset from,
    const std::vector<FetchResponseAbortedTransaction>* aborted
);

}  // namespace barnabas
