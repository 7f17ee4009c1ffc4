#pragma once

#include <memory>

#include "common/bytes.h"
#include "io/waiter.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/topic_partition.h"

namespace barnabas {

/// The log of one partition of a coordinator's topic, as its leader sees it. Any thread.
class PartitionLog {
public:
    virtual ~PartitionLog() = default;

    struct Written {
        Offset first = no_offset;
        Offset end = no_offset;  ///< after the last record
    };
    /// Appends one batch as the leader of `epoch`, in which the batch's offsets and epoch are written. Never waits for
    /// followers. Errors: not_leader_or_follower when the epoch is over, not_enough_replicas, message_too_large,
    /// kafka_storage_error; then nothing was written.
    [[nodiscard]] virtual Expected<Written> append(MutableBytes batch, LeaderEpoch epoch) = 0;

    /// Every record below is committed.
    [[nodiscard]] virtual Offset high_watermark() const = 0;
    [[nodiscard]] virtual Offset log_start() const = 0;
    [[nodiscard]] virtual Offset log_end() const = 0;

    /// Whole batches from the one that holds `from`, at least one, about `max_bytes`; empty at the log end. Reaches
    /// past the high watermark: a new leader's own log is what will be committed. Blocks: on a background thread.
    [[nodiscard]] virtual Expected<Bytes> read(Offset from, std::size_t max_bytes) = 0;

    /// `waiter` is notified whenever the high watermark moves or this broker leads no longer, until `unwatch`. It may
    /// be notified from within `append`, with locks held.
    virtual void watch(std::shared_ptr<Waiter> waiter) = 0;
    virtual void unwatch(const Waiter& waiter) = 0;
};

/// Finds them. Any thread.
class PartitionLogs {
public:
    virtual ~PartitionLogs() = default;

    /// Errors: not_leader_or_follower, kafka_storage_error.
    [[nodiscard]] virtual Expected<std::shared_ptr<PartitionLog>> find(const TopicPartition& partition) = 0;
};

}  // namespace barnabas
