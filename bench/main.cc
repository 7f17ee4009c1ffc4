// The load generator: one line of JSON for each interval of a run.

#include <csignal>
#include <iostream>
#include <span>

#include "load.h"
#include "result_line.h"

int main(int argc, char** argv) {
    using namespace barnabas::bench;
    std::signal(SIGPIPE, SIG_IGN);
    const auto options = parse_options(std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        std::cerr << options.error() << '\n';
        return 2;
    }
    const auto done = run_load(*options, [](const Tally& tally) { std::cout << result_line(tally) << std::endl; });
    if (!done) {
        std::cerr << "barnabas-bench: " << done.error() << '\n';
        return 1;
    }
    return 0;
}
