#include "io/volume.h"

#include <sys/statvfs.h>

#include <cerrno>

namespace barnabas {

IoResult<VolumeSpace> volume_space(const std::string& path) {
    struct statvfs volume{};
    if (::statvfs(path.c_str(), &volume) < 0) {
        return std::unexpected(IoError{"statvfs", path, errno});
    }
    const auto bytes = [&](auto blocks) { return static_cast<std::int64_t>(blocks * volume.f_frsize); };
    return VolumeSpace{bytes(volume.f_blocks), bytes(volume.f_bavail)};
}

}  // namespace barnabas
