#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/file.h"

namespace barnabas {

namespace {

std::array<std::byte, 65'536> zero_bytes;  // never written: one page of the system's, however often it is read

/// Repeats a call that a signal broke off.
template <class Call>
auto uninterrupted(Call call) {
    while (true) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

std::unexpected<IoError> refused(std::string_view operation, const std::string& path) {
    return std::unexpected(IoError{std::string(operation), path, errno});
}

IoResult<void> outcome(int result, std::string_view operation, const std::string& path) {
    if (result < 0) {
        return refused(operation, path);
    }
    return {};
}

std::string advice(int number) {
    switch (number) {
        case ENOSPC:
        case EDQUOT:
            return " (make room there, or enlarge the volume)";
        case EACCES:
        case EPERM:
            return " (the user that runs the node must be allowed to write there)";
        default:
            return "";
    }
}

class PosixFile final : public File {
public:
    PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    ~PosixFile() override { ::close(fd_); }
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    IoResult<std::size_t> read_at(std::int64_t position, MutableBytes into) const override {
        std::size_t done = 0;
        while (done < into.size()) {
            const auto read = uninterrupted([&] {
                return ::pread(fd_, into.data() + done, into.size() - done, position + static_cast<off_t>(done));
            });
            if (read < 0) {
                return refused("read", path_);
            }
            if (read == 0) {
                break;
            }
            done += static_cast<std::size_t>(read);
        }
        return done;
    }

    IoResult<void> write_at(std::int64_t position, BytesView bytes) override {
        while (!bytes.empty()) {
            const auto wrote =
                uninterrupted([&] { return ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(position)); });
            if (wrote < 0) {
                return refused("write", path_);
            }
            bytes = bytes.subspan(static_cast<std::size_t>(wrote));
            position += wrote;
        }
        return {};
    }

    IoResult<void> write_at(std::int64_t position, BytesView bytes, std::size_t zeros) override {
        const std::array<iovec, 2> parts = {
            iovec{const_cast<std::byte*>(bytes.data()), bytes.size()}, iovec{zero_bytes.data(), zeros}
        };
        const auto wrote = uninterrupted([&] {
            return ::pwritev(fd_, parts.data(), static_cast<int>(parts.size()), static_cast<off_t>(position));
        });
        if (wrote < 0) {
            return refused("write", path_);
        }
        const auto done = static_cast<std::size_t>(wrote);
        if (done >= bytes.size()) {
            return done == bytes.size() + zeros
                       ? IoResult<void>()
                       : write_at(position + wrote, BytesView(zero_bytes).first(bytes.size() + zeros - done));
        }
        return write_at(position + wrote, bytes.subspan(done), zeros);
    }

    void begin_sync(std::int64_t position, std::int64_t length) override {
        (void)uninterrupted([&] { return ::sync_file_range(fd_, position, length, SYNC_FILE_RANGE_WRITE); });
    }

    IoResult<void> truncate(std::int64_t size) override {
        return outcome(uninterrupted([&] { return ::ftruncate(fd_, size); }), "truncate", path_);
    }

    IoResult<std::int64_t> size() const override {
        struct stat status{};
        if (::fstat(fd_, &status) < 0) {
            return refused("stat", path_);
        }
        return status.st_size;
    }

    IoResult<void> sync() override {
        return outcome(uninterrupted([&] { return ::fdatasync(fd_); }), "sync", path_);
    }

    IoResult<void> preallocate(std::int64_t position, std::int64_t length) override {
        const int result = uninterrupted([&] { return ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, position, length); });
        return result < 0 && errno == EOPNOTSUPP ? IoResult<void>() : outcome(result, "preallocate", path_);
    }

    int fd() const override { return fd_; }
    const std::string& path() const override { return path_; }

private:
    int fd_;
    std::string path_;
};

int flags_of(OpenFor use) {
    switch (use) {
        case OpenFor::read:
            return O_RDONLY | O_CLOEXEC;
        case OpenFor::write:
            return O_RDWR | O_CREAT | O_CLOEXEC;
        case OpenFor::create:
            return O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
    }
    return O_RDONLY;
}

class PosixFileSystem final : public FileSystem {
public:
    IoResult<std::unique_ptr<File>> open(const std::string& path, OpenFor use) override {
        const int fd = uninterrupted([&] { return ::open(path.c_str(), flags_of(use), 0644); });
        if (fd < 0) {
            return refused(use == OpenFor::read ? "open" : "create", path);
        }
        return std::make_unique<PosixFile>(fd, path);
    }

    IoResult<std::optional<FileStatus>> status(const std::string& path) const override {
        struct stat status{};
        if (::stat(path.c_str(), &status) < 0) {
            if (errno == ENOENT || errno == ENOTDIR) {
                return std::nullopt;
            }
            return refused("stat", path);
        }
        const auto modified =
            std::chrono::seconds(status.st_mtim.tv_sec) +
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(status.st_mtim.tv_nsec));
        return FileStatus{S_ISDIR(status.st_mode), status.st_size, Timestamp(modified)};
    }

    IoResult<void> rename(const std::string& from, const std::string& to) override {
        return outcome(::rename(from.c_str(), to.c_str()), "rename to " + to, from);
    }

    IoResult<void> remove(const std::string& path) override {
        const int result = std::remove(path.c_str());
        return result < 0 && errno == ENOENT ? IoResult<void>() : outcome(result, "remove", path);
    }

    IoResult<void> remove_tree(const std::string& path) override {
        struct stat status{};
        if (::lstat(path.c_str(), &status) < 0) {
            return errno == ENOENT ? IoResult<void>() : refused("stat", path);
        }
        if (S_ISDIR(status.st_mode)) {
            const auto names = list(path);
            if (!names) {
                return std::unexpected(names.error());
            }
            const std::string inside = path + "/";
            for (const std::string& name : *names) {
                if (auto removed = remove_tree(inside + name); !removed) {
                    return removed;
                }
            }
        }
        return remove(path);
    }

    IoResult<void> make_directories(const std::string& path) override {
        if (auto made = make_directory(path); made || made.error().number != ENOENT) {
            return made;
        }
        for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
            if (auto made = make_directory(path.substr(0, end)); !made) {
                return made;
            }
        }
        return make_directory(path);
    }

    IoResult<std::vector<std::string>> list(const std::string& directory) const override {
        const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(directory.c_str()), ::closedir);
        if (folder == nullptr) {
            return refused("list", directory);
        }
        std::vector<std::string> names;
        errno = 0;
        while (const dirent* entry = ::readdir(folder.get())) {
            const std::string_view name(entry->d_name);
            if (name != "." && name != "..") {
                names.emplace_back(name);
            }
        }
        if (errno != 0) {
            return refused("list", directory);
        }
        std::ranges::sort(names);
        return names;
    }

    IoResult<void> sync_directory(const std::string& directory) override {
        const int fd = uninterrupted([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
        if (fd < 0) {
            return refused("open", directory);
        }
        const PosixFile folder(fd, directory);
        return outcome(uninterrupted([&] { return ::fsync(fd); }), "sync", directory);
    }

private:
    static IoResult<void> make_directory(const std::string& path) {
        const int result = ::mkdir(path.c_str(), 0755);
        return result < 0 && errno == EEXIST ? IoResult<void>() : outcome(result, "make folder", path);
    }
};

}  // namespace

std::string IoError::text() const {
    return operation + " " + path + ": " + std::strerror(number) + advice(number);
}

FileSystem& posix_file_system() {
    static PosixFileSystem files;
    return files;
}

}  // namespace barnabas
