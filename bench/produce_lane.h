#pragma once

#include <memory>
#include <vector>

#include "lane.h"
#include "load_options.h"
#include "timetable.h"

namespace barnabas::bench {

/// A Produce request with its batches, ready to be sent again and again.
struct ProduceFrame {
    Bytes bytes;
    std::vector<std::size_t> batches;  ///< where each begins
    std::size_t batch_bytes = 0;
    std::size_t batch_records = 0;
    std::size_t stamp = 0;  ///< of the first value, from the beginning of its batch; where values are not compressed
};

/// The frames that go round over the topic's partitions.
std::vector<ProduceFrame> produce_frames(const LoadOptions& options);

/// Sends Produce requests, as fast as they are answered or by a timetable. By a timetable a latency begins when the
/// request was due, so that a slow answer cannot hide that later requests were late, too.
class ProduceLane final : public Lane {
public:
    /// `frames` is shared by lanes, or a lane's own where it changes them: idempotent, or stamped with the time.
    ProduceLane(
        Socket socket, Tally& tally, const LoadOptions& options, std::shared_ptr<std::vector<ProduceFrame>> frames,
        std::size_t first_frame, bool stamped
    );

    /// Takes a producer id of the broker. Before the first turn.
    static std::expected<std::int64_t, std::string> ask_producer_id(const Socket& socket);
    void set_producer_id(std::int64_t id);

    [[nodiscard]] std::optional<Instant> due() const override;

private:
    std::optional<Outgoing> next(Instant now) override;
    std::expected<void, std::string> take(BytesView answer, const Sent& sent, Instant now) override;
    void change(ProduceFrame& frame, Instant moment);

    const std::int16_t acks_;
    const std::shared_ptr<std::vector<ProduceFrame>> frames_;
    const bool stamped_;
    std::size_t next_frame_;
    Timetable timetable_;
    std::optional<std::int64_t> producer_id_;
    std::vector<std::int32_t> sequences_;  ///< by frame
};

}  // namespace barnabas::bench
