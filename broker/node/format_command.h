#pragma once

#include <span>

namespace barnabas {

/// `barnabas format --config server.properties [--cluster-id ID] [--add-scram ...]`: prepares empty data directories,
/// as `kafka-storage format` does. `barnabas start` does so by itself; this is for a cluster id of one's own, and for
/// users that must be there before anybody can log in. `args` follow the word "format". Answers the exit code.
int run_format(std::span<const char* const> args);

}  // namespace barnabas
