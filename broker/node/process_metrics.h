#pragma once

#include "common/metrics.h"

namespace barnabas {

/// Reports what the kernel knows of this process, under the names that all Prometheus clients use for it.
[[nodiscard]] Metrics::Registration report_process(Metrics& metrics);

}  // namespace barnabas
