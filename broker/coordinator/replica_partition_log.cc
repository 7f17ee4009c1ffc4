#include "coordinator/replica_partition_log.h"

#include "log/storage_error.h"

namespace barnabas {

namespace {

class ReplicaPartitionLog final : public PartitionLog {
public:
    ReplicaPartitionLog(std::shared_ptr<Partition> partition, const Clock& clock)
        : partition_(std::move(partition)), clock_(clock) {}

    Expected<Written> append(MutableBytes batch, LeaderEpoch epoch) override {
        auto result = partition_->append(
            batch, {.origin = AppendOrigin::coordinator, .needs_min_isr = true, .epoch = epoch}, clock_
        );
        if (!result) {
            return std::unexpected(std::move(result).error().error);
        }
        return Written{result->appended.first_offset, result->appended.last_offset + 1};
    }

    Offset high_watermark() const override { return log().high_watermark(); }
    Offset log_start() const override { return log().log_start(); }
    Offset log_end() const override { return log().log_end(); }

    Expected<Bytes> read(Offset from, std::size_t max_bytes) override {
        const auto slice = log().read(from, static_cast<std::int64_t>(max_bytes), ReadUpTo::log_end, true);
        if (!slice) {
            return std::unexpected(slice.error());
        }
        auto bytes = slice->read();
        if (!bytes) {
            return storage_failure(bytes.error());
        }
        return *std::move(bytes);
    }

    void watch(std::shared_ptr<Waiter> waiter) override { partition_->watch(std::move(waiter)); }
    void unwatch(const Waiter& waiter) override { partition_->unwatch(waiter); }

private:
    [[nodiscard]] const Log& log() const { return *partition_->hosted()->log; }

    std::shared_ptr<Partition> partition_;
    const Clock& clock_;
};

}  // namespace

Expected<std::shared_ptr<PartitionLog>> ReplicaPartitionLogs::find(const TopicPartition& name) {
    auto partition = replicas_.find(name.topic, name.partition);
    if (!partition) {
        return std::unexpected(partition.error());
    }
    if (const auto log = (*partition)->leader_log(); !log) {
        return std::unexpected(log.error());
    }
    return std::make_shared<ReplicaPartitionLog>(*std::move(partition), clock_);
}

}  // namespace barnabas
