// The load generator: one line of JSON for one run.

#include <fmt/format.h>

#include <iostream>
#include <span>

#include "load.h"

namespace {

using barnabas::bench::Tally;

std::string result_line(const Tally& tally) {
    const double seconds = std::chrono::duration<double>(tally.until - tally.from).count();
    const auto per_second = [seconds](std::uint64_t count) { return static_cast<double>(count) / seconds; };
    const auto milliseconds = [&](double share) {
        return static_cast<double>(tally.latencies.percentile(share).count()) / 1e6;
    };
    return fmt::format(
        R"({{"bytes":{},"mb_per_s":{:.2f},"requests_per_s":{:.1f},"records_per_s":{:.0f},"p50_ms":{:.4f},)"
        R"("p99_ms":{:.4f},"p999_ms":{:.4f},"max_ms":{:.4f}}})",
        tally.bytes, per_second(tally.bytes) / 1e6, per_second(tally.requests), per_second(tally.records),
        milliseconds(0.5), milliseconds(0.99), milliseconds(0.999), milliseconds(1)
    );
}

}  // namespace

int main(int argc, char** argv) {
    const auto options =
        barnabas::bench::parse_options(std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        std::cerr << options.error() << '\n';
        return 2;
    }
    const auto tally = barnabas::bench::run_load(*options);
    const std::string failure = tally ? tally->failure : tally.error();
    if (!failure.empty()) {
        std::cerr << "barnabas-bench: " << failure << '\n';
        return 1;
    }
    std::cout << result_line(*tally) << '\n';
    return 0;
}
