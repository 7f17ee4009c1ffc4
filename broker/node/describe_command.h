#pragma once

#include <span>

namespace barnabas {

/// `barnabas describe DIR`: writes the reference pages (APIs, configuration, errors, metrics) from the program's own
/// tables. `args` follow the word "describe". Answers the exit code.
int run_describe(std::span<const char* const> args);

}  // namespace barnabas
