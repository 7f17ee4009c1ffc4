#pragma once

#include "common/metrics.h"

namespace barnabas {

struct Broker;

/// Reports the state of partitions, groups and the metadata whenever somebody reads the metrics, until it is dropped.
[[nodiscard]] Metrics::Registration report_state(Metrics& metrics, const Broker& broker);

}  // namespace barnabas
