#include "io/directory_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace barnabas {

IoResult<DirectoryLock> DirectoryLock::take(const std::string& directory) {
    const std::string path = directory + "/.lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return std::unexpected(IoError{"open", path, errno});
    }
    DirectoryLock lock(fd);
    // Of the open file, not of the process: Java's FileLock conflicts with it all the same, and it does not vanish when
    // somebody else in this process opens and closes the file.
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(fd, F_OFD_SETLK, &whole) < 0) {
        return std::unexpected(IoError{"lock", path, errno == EACCES ? EWOULDBLOCK : errno});
    }
    return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

DirectoryLock::~DirectoryLock() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

}  // namespace barnabas
