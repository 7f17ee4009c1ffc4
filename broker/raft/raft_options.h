#pragma once

#include "config/config.h"
#include "raft/raft_driver.h"

namespace barnabas {

/// What a node's configuration says about its replica of the metadata log. `directory_id` is the metadata directory's,
/// of `meta.properties`. Errors: invalid_config for malformed `controller.quorum.voters`.
Expected<RaftDriver::Options> raft_options(const Config& config, const Uuid& directory_id, std::uint64_t seed);

}  // namespace barnabas
