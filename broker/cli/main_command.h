#pragma once

#include <span>
#include <string_view>

#include "cli/tool.h"

namespace barnabas {

/// Runs one tool: `args` are the program's own, the name it was called by first. Called as `kafka-topics.sh` or
/// `kafka-topics` the name says the tool, otherwise the first argument does; `more` are tools beside those of this
/// folder. Answers the exit code.
int run_command(std::span<const char* const> args, std::span<const Tool* const> more);

/// Whether `program` is called as one of Apache's scripts, so that its first argument is one of that tool.
[[nodiscard]] bool is_link(std::string_view program);

}  // namespace barnabas
