#pragma once

#include "metadata/metadata_delta.h"

namespace barnabas {

/// Tells of those settings that were changed while running and have no effect here, a line for each resource.
void warn_of_idle_settings(const MetadataDelta& delta);

}  // namespace barnabas
