#pragma once

#include "lane.h"
#include "load_options.h"
#include "timetable.h"

namespace barnabas::bench {

/// Reads one partition, request after request: from its beginning, and from there again when its end is reached, or at
/// its tail, where it measures how old the records are that carry a stamp. As fast as it is answered, or by a
/// timetable.
class FetchLane final : public Lane {
public:
    struct Place {
        std::int32_t partition = 0;
        std::int64_t offset = 0;
        std::optional<std::size_t> stamp = std::nullopt;  ///< in a batch; set at the tail
    };
    FetchLane(Socket socket, Tally& tally, const LoadOptions& options, Place place);

    /// The partition's first offset, or its end.
    static std::expected<std::int64_t, std::string> ask_offset(
        const Socket& socket, const std::string& topic, std::int32_t partition, bool end
    );

    [[nodiscard]] std::optional<Instant> due() const override;

private:
    std::optional<Outgoing> next(Instant now) override;
    std::expected<void, std::string> take(BytesView answer, const Sent& sent, Instant now) override;
    void take_records(BytesView records, const Sent& sent, Instant now);

    const std::string topic_;
    const std::int32_t most_;
    const Place place_;
    std::int64_t offset_;
    Timetable timetable_;
    Bytes frame_;
};

}  // namespace barnabas::bench
