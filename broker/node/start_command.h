#pragma once

#include <span>

namespace barnabas {

/// `barnabas start [--config server.properties] [--override key=value]...`: runs a node until SIGTERM or SIGINT; a
/// second one ends it at once. Without --config, one node for trying out: broker and controller on localhost:9092, data
/// in ./barnabas-data. `args` follow the word "start". Answers the exit code: 0 after a clean stop, 1 when the node
/// cannot start or had to give up, 2 when the command line is wrong.
int run_start(std::span<const char* const> args);

}  // namespace barnabas
