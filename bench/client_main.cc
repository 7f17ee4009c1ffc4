// The same loads through a real client, librdkafka: one line of JSON for each interval of a run.

#include <iostream>
#include <span>

#include "client.h"
#include "result_line.h"

int main(int argc, char** argv) {
    using namespace barnabas::bench;
    const auto options = parse_options(std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        std::cerr << options.error() << '\n';
        return 2;
    }
    const auto done = run_client(*options, [](const Tally& tally) { std::cout << result_line(tally) << std::endl; });
    if (!done) {
        std::cerr << "barnabas-bench-client: " << done.error() << '\n';
        return 1;
    }
    return 0;
}
