#pragma once

#include "io/file.h"

namespace barnabas {

/// Keeps a data directory to this process, by a lock on its file `.lock` that an Apache broker respects and is
/// respected by. Let go of by the destructor, and by the system when the process ends.
class DirectoryLock {
public:
    /// Errors: EWOULDBLOCK when another process, or another lock of this one, has it.
    static IoResult<DirectoryLock> take(const std::string& directory);

    DirectoryLock(DirectoryLock&& other) noexcept;
    DirectoryLock& operator=(DirectoryLock&& other) noexcept;
    ~DirectoryLock();

private:
    explicit DirectoryLock(int fd) : fd_(fd) {}

    int fd_;
};

}  // namespace barnabas
