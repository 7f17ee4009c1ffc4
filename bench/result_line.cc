#include "result_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas::bench {

std::string result_line(const Tally& tally) {
    const double seconds = std::max(std::chrono::duration<double>(tally.until - tally.from).count(), 1e-9);
    const auto per_second = [seconds](std::uint64_t count) { return static_cast<double>(count) / seconds; };
    const auto milliseconds = [&](double share) {
        return static_cast<double>(tally.latencies.percentile(share).count()) / 1e6;
    };
    return fmt::format(
        R"({{"bytes":{},"requests":{},"records":{},"mb_per_s":{:.2f},"requests_per_s":{:.1f},"records_per_s":{:.0f},"p50_ms":{:.4f},)"
        R"("p99_ms":{:.4f},"p999_ms":{:.4f},"max_ms":{:.4f}}})",
        tally.bytes, tally.requests, tally.records, per_second(tally.bytes) / 1e6, per_second(tally.requests),
        per_second(tally.records), milliseconds(0.5), milliseconds(0.99), milliseconds(0.999), milliseconds(1)
    );
}

}  // namespace barnabas::bench
