#pragma once

#include "cli/flags.h"

namespace barnabas {

/// What becomes of a cluster id and a word about the quorum that nobody has said.
enum class Unsaid : bool { refused, found };

/// `barnabas storage format` and `barnabas format`: prepares data directories as `kafka-storage format` does. Answers
/// the exit code.
int run_format(const Arguments& arguments, Unsaid unsaid);

}  // namespace barnabas
