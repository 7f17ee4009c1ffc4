#pragma once

#include "load_options.h"
#include "tally.h"

namespace barnabas::bench {

/// One thread's connections, one after the other: each is opened, shakes hands in full, and is closed when the broker
/// has closed it too. Counts handshakes as requests of no bytes, between the tally's two moments.
void shake_hands_again_and_again(const LoadOptions& options, Tally& tally);

}  // namespace barnabas::bench
