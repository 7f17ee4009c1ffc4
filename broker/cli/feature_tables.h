#pragma once

#include "cli/flags.h"

namespace barnabas {

/// `version-mapping` of kafka-features and kafka-storage: the levels of a release. Answers the exit code.
int map_version(const Arguments& arguments);

/// `feature-dependencies` of both: what each --feature needs. Answers the exit code.
int tell_dependencies(const Arguments& arguments);

}  // namespace barnabas
