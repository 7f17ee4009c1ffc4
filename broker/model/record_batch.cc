#include "model/record_batch.h"

#include <fmt/format.h>

#include "common/crc32c.h"

namespace barnabas {

using namespace batch_layout;

