#include "io/whole_file.h"

namespace barnabas {

namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

IoResult<void> write_anew(FileSystem& files, const std::string& path, BytesView bytes, bool sync) {
    auto file = files.open(path, OpenFor::write);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto old = (*file)->size();
    if (!old) {
        return std::unexpected(old.error());
    }
    return in_order(
        // A file that was cut to nothing is written to the device by its close (ext4): one request to it for each.
        [&] { return *old > 0 ? (*file)->truncate(0) : IoResult<void>(); }, [&] { return (*file)->write_at(0, bytes); },
        [&] { return sync ? (*file)->sync() : IoResult<void>(); }
    );
}

}  // namespace

IoResult<std::optional<Bytes>> read_whole_file(FileSystem& files, const std::string& path) {
    const auto status = files.status(path);
    if (!status) {
        return std::unexpected(status.error());
    }
    if (!*status) {
        return std::nullopt;
    }
    const auto file = files.open(path, OpenFor::read);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto size = (*file)->size();
    if (!size) {
        return std::unexpected(size.error());
    }
    Bytes bytes(static_cast<std::size_t>(*size));
    const auto read = (*file)->read_at(0, bytes);
    if (!read) {
        return std::unexpected(read.error());
    }
    bytes.resize(*read);
    return bytes;
}

IoResult<void> replace_file(FileSystem& files, const std::string& path, BytesView bytes) {
    const std::string beside = path + ".tmp";
    return in_order(
        [&] { return write_anew(files, beside, bytes, true); }, [&] { return files.rename(beside, path); },
        [&] { return files.sync_directory(folder_of(path)); }
    );
}

IoResult<void> replace_file_unsynced(FileSystem& files, const std::string& path, BytesView bytes) {
    const std::string beside = path + ".tmp";
    return in_order(
        [&] { return write_anew(files, beside, bytes, false); }, [&] { return files.rename(beside, path); }
    );
}

IoResult<void> sync_file(FileSystem& files, const std::string& path) {
    const auto file = files.open(path, OpenFor::read);
    return file ? (*file)->sync() : std::unexpected(file.error());
}

}  // namespace barnabas
