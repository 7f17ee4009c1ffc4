#pragma once

#include "common/metrics.h"

namespace barnabas {

struct Broker;
class Quotas;

/// Reports the state of partitions, groups, quotas and the metadata whenever somebody reads the metrics, until it is
/// dropped.
[[nodiscard]] Metrics::Registration report_state(Metrics& metrics, const Broker& broker, const Quotas& quotas);

}  // namespace barnabas
