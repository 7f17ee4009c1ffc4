#include "log/index_file.h"

#include "common/check.h"

namespace barnabas {

namespace {

std::int64_t whole(std::int64_t bytes, std::size_t entry_size) {
    return bytes / static_cast<std::int64_t>(entry_size);
}

}  // namespace

IoResult<std::unique_ptr<IndexFile>> IndexFile::open(
    FileSystem& files, std::string path, std::size_t entry_size, Presence presence
) {
    std::unique_ptr<IndexFile> index(new IndexFile(files, std::move(path), entry_size));
    if (presence == Presence::absent) {
        return index;
    }
    const auto status = files.status(index->path_);
    if (!status) {
        return std::unexpected(status.error());
    }
    // Cutting an unfinished entry, or creating the file, waits for the first write.
    index->written_ = *status ? whole((*status)->size, entry_size) : 0;
    index->count_ = index->written_;
    return index;
}

IoResult<void> IndexFile::append(BytesView entry) {
    CHECK(entry.size() == entry_size_);
    const std::scoped_lock lock(mutex_);
    buffer_.insert(buffer_.end(), entry.begin(), entry.end());
    count_.fetch_add(1, std::memory_order_release);
    return buffer_.size() >= most_buffered * entry_size_ ? write_buffer() : IoResult<void>();
}

IoResult<Bytes> IndexFile::entry(std::int64_t slot) const {
    Bytes entry(entry_size_);
    std::unique_lock lock(mutex_);
    if (slot >= written_) {
        const auto at = buffer_.begin() + (slot - written_) * static_cast<std::int64_t>(entry_size_);
        std::copy(at, at + static_cast<std::int64_t>(entry_size_), entry.begin());
        return entry;
    }
    const auto file = handle();
    lock.unlock();
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto read = (*file)->read_at(slot * static_cast<std::int64_t>(entry_size_), entry);
    if (!read) {
        return std::unexpected(read.error());
    }
    return entry;
}

IoResult<std::int64_t> IndexFile::last_slot(const std::function<bool(const std::byte*)>& before_or_at) const {
    std::unique_lock lock(mutex_);
    const auto step = static_cast<std::int64_t>(entry_size_);
    std::int64_t low = -1, high = whole(static_cast<std::int64_t>(buffer_.size()), entry_size_);
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (before_or_at(buffer_.data() + middle * step) ? low : high) = middle;
    }
    const std::int64_t written = written_;
    if (low >= 0 || written == 0) {
        return low < 0 ? -1 : written + low;
    }
    const auto file = handle();
    lock.unlock();
    if (!file) {
        return std::unexpected(file.error());
    }
    low = -1, high = written;
    Bytes entry(entry_size_);
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto read = (*file)->read_at(middle * step, entry);
        if (!read) {
            return std::unexpected(read.error());
        }
        // A reader that a truncation overtook finds nothing where an entry was.
        (*read == entry_size_ && before_or_at(entry.data()) ? low : high) = middle;
    }
    return low;
}

IoResult<void> IndexFile::truncate(std::int64_t count) {
    const std::scoped_lock lock(mutex_);
    const auto step = static_cast<std::int64_t>(entry_size_);
    count_.store(count, std::memory_order_release);
    if (count >= written_) {
        buffer_.resize(static_cast<std::size_t>((count - written_) * step));
        return {};
    }
    buffer_.clear();
    written_ = count;
    const auto file = files_.open(path_, OpenFor::write);
    return file ? (*file)->truncate(count * step) : std::unexpected(file.error());
}

IoResult<void> IndexFile::flush(bool sync) {
    std::shared_ptr<File> file;
    {
        const std::scoped_lock lock(mutex_);
        if (auto wrote = write_buffer(); !wrote || !sync || written_ == 0) {
            return wrote;
        }
        auto opened = handle();
        if (!opened) {
            return std::unexpected(opened.error());
        }
        file = *opened;
    }
    return file->sync();
}

IoResult<void> IndexFile::seal() {
    const std::scoped_lock lock(mutex_);
    auto wrote = write_buffer();
    // Apache expects both index files beside every segment, and trims the room that it had reserved.
    auto file = wrote ? files_.open(path_, OpenFor::write) : std::unexpected(wrote.error());
    open_.reset();
    buffer_.shrink_to_fit();
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto wanted = written_ * static_cast<std::int64_t>(entry_size_);
    const auto has = (*file)->size();
    return has && *has == wanted ? IoResult<void>() : (*file)->truncate(wanted);
}

void IndexFile::rest() {
    const std::scoped_lock lock(mutex_);
    open_.reset();
}

IoResult<void> IndexFile::rename(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    const auto status = files_.status(path_);
    if (!status) {
        return std::unexpected(status.error());
    }
    if (*status) {
        if (auto renamed = files_.rename(path_, path); !renamed) {
            return renamed;
        }
    }
    path_ = path;
    return {};
}

void IndexFile::moved_to(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    path_ = path;
}

std::string IndexFile::path() const {
    const std::scoped_lock lock(mutex_);
    return path_;
}

IoResult<std::shared_ptr<File>> IndexFile::handle() const {
    if (open_) {
        return open_;
    }
    auto file = files_.open(path_, OpenFor::read);
    if (!file) {
        return std::unexpected(file.error());
    }
    return std::shared_ptr<File>(*std::move(file));
}

IoResult<void> IndexFile::write_buffer() {
    if (buffer_.empty()) {
        return {};
    }
    if (!open_) {
        auto file = files_.open(path_, OpenFor::write);
        if (!file) {
            return std::unexpected(file.error());
        }
        open_ = *std::move(file);
    }
    const auto step = static_cast<std::int64_t>(entry_size_);
    if (auto wrote = open_->write_at(written_ * step, buffer_); !wrote) {
        return wrote;
    }
    written_ += whole(static_cast<std::int64_t>(buffer_.size()), entry_size_);
    buffer_.clear();
    return {};
}

}  // namespace barnabas
