#pragma once

#include <span>
#include <string_view>

namespace barnabas {

/// Runs one tool: `args` are the program's own, the name it was called by first. Called as `kafka-topics.sh` or
/// `kafka-topics` the name says the tool, otherwise the first argument does. Answers the exit code.
int run_command(std::span<const char* const> args);

/// Whether `word` names a tool, so that `run_command` can run it.
[[nodiscard]] bool is_command(std::string_view word);

}  // namespace barnabas
