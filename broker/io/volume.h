#pragma once

#include "io/file.h"

namespace barnabas {

/// Room on the volume that holds a path, in bytes.
struct VolumeSpace {
    std::int64_t total = 0;
    std::int64_t usable = 0;  ///< by this process
};
[[nodiscard]] IoResult<VolumeSpace> volume_space(const std::string& path);

}  // namespace barnabas
