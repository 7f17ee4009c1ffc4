#include "log/segment.h"

#include <fmt/format.h>

#include "log/segment_files.h"
#include "log/storage_error.h"
#include "model/record.h"

namespace barnabas {

namespace {

constexpr std::int64_t most_position = std::numeric_limits<std::int32_t>::max();

/// A file gets room once it holds this: a small one does not grow by more than it holds.
constexpr std::int64_t least_with_room = 16 * room_bytes;
constexpr std::int64_t most_reserved = std::int64_t{16} << 20;

constexpr std::int64_t up_to_room(std::int64_t position) {
    return (position + room_bytes - 1) / room_bytes * room_bytes;
}

}  // namespace

Segment::Segment(FileSystem& files, std::string directory, Offset base, Options options, std::string_view extra)
    : files_(files), base_(base), options_(options), directory_(std::move(directory)), extra_(extra) {
    largest_ = {no_timestamp, base};
}

Expected<std::shared_ptr<Segment>> Segment::open(
    FileSystem& files, const std::string& directory, Offset base, Options options, std::string_view extra
) {
    std::shared_ptr<Segment> segment(new Segment(files, directory, base, options, extra));
    const auto status = files.status(segment->path(suffix::log));
    if (!status) {
        return storage_failure(status.error());
    }
    if (*status) {
        segment->size_ = (*status)->size;
        segment->file_end_ = (*status)->size;
        segment->reserved_ = (*status)->size;
    } else if (const auto file = files.open(segment->path(suffix::log), OpenFor::write); !file) {
        return storage_failure(file.error());
    }
    const auto indexed = segment->open_indexes(Presence::unknown);
    return indexed ? Expected<std::shared_ptr<Segment>>(std::move(segment)) : std::unexpected(indexed.error());
}

Expected<std::shared_ptr<Segment>> Segment::create(
    FileSystem& files, const std::string& directory, Offset base, Options options
) {
    std::shared_ptr<Segment> segment(new Segment(files, directory, base, options, {}));
    if (const auto file = files.open(segment->path(suffix::log), OpenFor::create); !file) {
        return storage_failure(file.error());
    }
    const auto indexed = segment->open_indexes(Presence::absent);
    return indexed ? Expected<std::shared_ptr<Segment>>(std::move(segment)) : std::unexpected(indexed.error());
}

Expected<void> Segment::open_indexes(Presence presence) {
    auto offsets = OffsetIndex::open(files_, path(suffix::offset_index), base_, presence);
    auto times = TimeIndex::open(files_, path(suffix::time_index), base_, presence);
    auto aborted = TransactionIndex::open(files_, path(suffix::transaction_index), presence);
    if (!offsets || !times || !aborted) {
        return storage_failure(!offsets ? offsets.error() : !times ? times.error() : aborted.error());
    }
    offsets_ = *std::move(offsets);
    times_ = *std::move(times);
    aborted_ = *std::move(aborted);
    largest_ = times_->last();
    return {};
}

Timestamp Segment::modified() const {
    const auto status = files_.status([&] {
        const std::scoped_lock lock(mutex_);
        return path(suffix::log);
    }());
    return status && *status ? (*status)->modified : no_timestamp;
}

TimestampOffset Segment::largest_timestamp() const {
    const std::scoped_lock lock(mutex_);
    return largest_;
}

Timestamp Segment::age_timestamp() const {
    const Timestamp largest = largest_timestamp().timestamp;
    return largest.time_since_epoch().count() >= 0 ? largest : modified();
}

Expected<std::optional<Timestamp>> Segment::first_timestamp() const {
    if (size() == 0) {
        return std::nullopt;
    }
    const auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    HeaderScanner headers(**file, size());
    const auto first = headers.at(0);
    return first ? Expected<std::optional<Timestamp>>(first->max_timestamp()) : std::unexpected(first.error());
}

Expected<void> Segment::append(BytesView batches) {
    const auto file = writer();
    if (!file) {
        return std::unexpected(file.error());
    }
    const std::int64_t position = size();
    if (auto wrote = write(**file, position, batches); !wrote) {
        return storage_failure(wrote.error());
    }
    const std::int64_t offset_entries = offsets_->count(), time_entries = times_->count();
    const TimestampOffset largest = largest_timestamp();
    if (auto indexed = index_all(batches, position); !indexed) {
        (void)give_back_room(**file);
        (void)offsets_->file().truncate(offset_entries);
        (void)times_->file().truncate(time_entries);
        const std::scoped_lock lock(mutex_);
        largest_ = largest;
        return storage_failure(indexed.error());
    }
    {
        const std::scoped_lock lock(mutex_);
        newest_ = RecordBatchView(batches).base_offset();
        newest_position_ = position;
    }
    size_.store(position + static_cast<std::int64_t>(batches.size()), std::memory_order_release);
    return {};
}

IoResult<void> Segment::write(File& file, std::int64_t position, BytesView batches) {
    const std::int64_t end = position + static_cast<std::int64_t>(batches.size());
    const std::int64_t with_room = up_to_room(end);
    const bool next_may_roll = with_room + (end - position) > options_.segment_bytes;
    if (end > file_end_ && position >= least_with_room && !next_may_roll) {
        reserve(file, with_room);
        if (file.write_at(position, batches, static_cast<std::size_t>(with_room - end))) {
            file_end_ = with_room;
            return {};
        }
        // The device may be full but for the batches.
        (void)give_back_room(file);
    }
    auto wrote = file.write_at(position, batches);
    if (wrote) {
        file_end_ = std::max(file_end_, end);
    } else {
        (void)give_back_room(file);  // best effort: what stands beyond size() is overwritten or cut off later
    }
    return wrote;
}

void Segment::reserve(File& file, std::int64_t end) {
    if (end <= reserved_) {
        return;
    }
    const std::int64_t from = std::max(reserved_, file_end_);
    reserved_ = std::min(up_to_room(end + std::min(end / 4, most_reserved)), std::max(end, options_.segment_bytes));
    (void)file.preallocate(from, reserved_ - from);  // a device that is full says so when it is written to
}

IoResult<void> Segment::give_back_room(File& file) {
    file_end_ = size();
    reserved_ = size();
    return file.truncate(size());
}

void Segment::begin_sync(std::int64_t end) {
    const auto file = handle();
    end = std::min(end, size()) / room_bytes * room_bytes;  // the last piece is still written to
    const std::int64_t begun = sync_begun_.exchange(end);
    if (file && begun < end) {
        (*file)->begin_sync(begun, end - begun);
    }
}

IoResult<void> Segment::index_all(BytesView batches, std::int64_t position) {
    while (!batches.empty()) {
        const RecordBatchView batch(batches);
        if (auto indexed = index(batch, position); !indexed) {
            return indexed;
        }
        position += static_cast<std::int64_t>(batch.size());
        batches = batches.subspan(batch.size());
    }
    return {};
}

IoResult<void> Segment::index(RecordBatchView batch, std::int64_t position) {
    TimestampOffset largest;
    {
        const std::scoped_lock lock(mutex_);
        if (batch.max_timestamp() > largest_.timestamp) {
            largest_ = {batch.max_timestamp(), batch.last_offset()};
        }
        largest = largest_;
    }
    if (since_index_entry_ > options_.index_interval_bytes) {
        auto indexed = in_order(
            [&] { return offsets_->append(batch.last_offset(), position); },
            [&] { return times_->append_if_later(largest); }
        );
        if (!indexed) {
            return indexed;
        }
        since_index_entry_ = 0;
    }
    since_index_entry_ += static_cast<std::int64_t>(batch.size());
    return {};
}

bool Segment::full_for(std::int64_t bytes, Offset last_offset, std::int64_t segment_bytes) const {
    const auto index_bytes = static_cast<std::int64_t>(options_.index_bytes);
    constexpr auto offset_entry = static_cast<std::int64_t>(OffsetIndex::entry_size);
    constexpr auto time_entry = static_cast<std::int64_t>(TimeIndex::entry_size);
    return (size() > 0 && size() > segment_bytes - bytes) || size() > most_position - bytes ||
           last_offset - base_ > most_relative_offset || offsets_->count() >= index_bytes / offset_entry ||
           times_->count() >= index_bytes / time_entry - 1;
}

Expected<std::int64_t> Segment::position_before(Offset offset) const {
    {
        const std::scoped_lock lock(mutex_);
        if (newest_ != no_offset && offset >= newest_) {
            return newest_position_;
        }
    }
    const auto entry = offsets_->find(offset);
    if (!entry) {
        return storage_failure(entry.error());
    }
    return entry->position;
}

Expected<std::optional<BatchPlace>> Segment::find(Offset offset, ReadFrom read_from) const {
    const std::int64_t end = size();
    const auto from = position_before(offset);
    if (!from || *from >= end) {
        return from ? Expected<std::optional<BatchPlace>>(std::nullopt) : std::unexpected(from.error());
    }
    const auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    HeaderScanner headers(**file, end, read_from);
    for (std::int64_t position = *from; position < end;) {
        const auto batch = headers.at(position);
        if (!batch) {
            return std::unexpected(batch.error());
        }
        const auto bytes = static_cast<std::int64_t>(batch->size());
        if (batch->last_offset() >= offset) {
            return BatchPlace{batch->base_offset(), batch->last_offset(), position, bytes, batch->max_timestamp()};
        }
        position += bytes;
    }
    return std::nullopt;
}

Expected<LogSlice> Segment::slice(
    std::int64_t start, std::int64_t limit, std::int64_t most, bool at_least_one, ReadFrom from
) const {
    auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    LogSlice slice;
    slice.position = start;
    slice.length = limit - start;
    if (slice.length > most) {
        const auto entry = offsets_->find_position(start + most);
        if (!entry) {
            return storage_failure(entry.error());
        }
        HeaderScanner headers(**file, limit, from);
        for (std::int64_t at = std::max<std::int64_t>(start, entry->position);;) {
            const auto batch = headers.at(at);
            if (!batch) {
                return std::unexpected(batch.error());
            }
            slice.length = at - start;
            slice.end_offset = batch->base_offset();
            at += static_cast<std::int64_t>(batch->size());
            if (at - start <= most) {
                continue;
            }
            slice.first_batch_exceeds_limit = slice.length == 0;
            if (slice.length == 0 && at_least_one) {
                slice.length = at - start;
                slice.end_offset = batch->next_offset();
            }
            break;
        }
    }
    if (slice.length > 0) {
        slice.file = *std::move(file);
    }
    return slice;
}

Expected<std::optional<FoundOffset>> Segment::find_timestamp(Timestamp timestamp, Offset from) const {
    const std::int64_t end = size();
    const auto entry = times_->find(timestamp);
    if (!entry) {
        return storage_failure(entry.error());
    }
    const auto position = position_before(std::max(entry->offset, from));
    const auto file = handle();
    if (!position || !file) {
        return std::unexpected(position ? file.error() : position.error());
    }
    HeaderScanner headers(**file, end);
    for (std::int64_t at = *position; at < end;) {
        const auto header = headers.at(at);
        if (!header) {
            return std::unexpected(header.error());
        }
        const std::int64_t next = at + static_cast<std::int64_t>(header->size());
        if (header->max_timestamp() >= timestamp && header->last_offset() >= from) {
            BatchScanner scanner(**file, at, next);
            if (auto found = find_record(scanner, timestamp, from); !found || *found) {
                return found;
            }
        }
        at = next;
    }
    return std::nullopt;
}

Expected<std::optional<FoundOffset>> Segment::find_largest_timestamp() const {
    const TimestampOffset largest = largest_timestamp();
    const auto place = largest.timestamp == no_timestamp ? std::nullopt : find(largest.offset);
    if (!place || !*place) {
        return place ? Expected<std::optional<FoundOffset>>(std::nullopt) : std::unexpected(place.error());
    }
    const auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    BatchScanner scanner(**file, (*place)->position, (*place)->end());
    return find_record(scanner, largest.timestamp, (*place)->base_offset);
}

Expected<std::optional<FoundOffset>> Segment::find_record(BatchScanner& scanner, Timestamp timestamp, Offset from)
    const {
    const auto batch = scanner.next();
    if (!batch || !*batch) {
        return batch ? Expected<std::optional<FoundOffset>>(std::nullopt) : std::unexpected(batch.error());
    }
    std::optional<FoundOffset> found;
    const auto read = for_each_record(**batch, [&](const RecordView& record) {
        if (record.timestamp >= timestamp && record.offset >= from) {
            found = FoundOffset{record.timestamp, record.offset, (*batch)->leader_epoch()};
        }
        return !found;
    });
    return read ? Expected<std::optional<FoundOffset>>(found) : std::unexpected(read.error());
}

Expected<void> Segment::for_each_batch(
    std::int64_t from, const std::function<Expected<bool>(RecordBatchView, std::int64_t)>& each
) const {
    const auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    BatchScanner scanner(**file, from, size());
    while (true) {
        const auto batch = scanner.next();
        if (!batch || !*batch) {
            return batch ? Expected<void>() : std::unexpected(batch.error());
        }
        const auto wanted = each(**batch, scanner.batch_position());
        if (!wanted || !*wanted) {
            return wanted ? Expected<void>() : std::unexpected(wanted.error());
        }
    }
}

Expected<Offset> Segment::next_offset() const {
    if (size() == 0) {
        return base_;
    }
    const auto from = position_before({std::numeric_limits<std::int64_t>::max()});
    const auto file = handle();
    if (!from || !file) {
        return std::unexpected(from ? file.error() : from.error());
    }
    HeaderScanner headers(**file, size());
    Offset next = base_;
    for (std::int64_t position = *from; position < size();) {
        const auto batch = headers.at(position);
        if (!batch) {
            return std::unexpected(batch.error());
        }
        next = batch->next_offset();
        position += static_cast<std::int64_t>(batch->size());
    }
    return next;
}

std::string Segment::path(std::string_view file_suffix) const {
    return fmt::format("{}/{}{}", directory_, segment_file_name(base_, file_suffix), extra_);
}

Expected<std::shared_ptr<File>> Segment::handle() const {
    const std::scoped_lock lock(mutex_);
    if (open_) {
        return open_;
    }
    if (auto shared = shared_.lock()) {
        return shared;
    }
    auto file = files_.open(path(suffix::log), OpenFor::read);
    if (!file) {
        return storage_failure(file.error());
    }
    std::shared_ptr<File> opened = *std::move(file);
    shared_ = opened;
    return opened;
}

Expected<std::shared_ptr<File>> Segment::writer() {
    const std::scoped_lock lock(mutex_);
    if (!open_) {
        auto file = files_.open(path(suffix::log), OpenFor::write);
        if (!file) {
            return storage_failure(file.error());
        }
        open_ = *std::move(file);
        if (options_.preallocate_bytes > size()) {
            if (auto reserved = open_->preallocate(0, options_.preallocate_bytes); !reserved) {
                return storage_failure(reserved.error());
            }
            reserved_ = options_.preallocate_bytes;
        }
    }
    return open_;
}

}  // namespace barnabas
