// The part of Segment that changes files other than by appending: truncation, recovery, sealing, renaming.

#include <fmt/format.h>

#include "log/segment.h"
#include "log/segment_files.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

Expected<void> at_boundary(IoResult<void> result) {
    return result ? Expected<void>() : storage_failure(result.error());
}

/// Why a batch that parses must not stay, if so.
std::string fault_of(RecordBatchView batch, Offset base, Offset expected) {
    if (!batch.crc_matches()) {
        return "its checksum does not match";
    }
    if (batch.base_offset() < expected || batch.last_offset_delta() < 0) {
        return fmt::format("its offsets {} to {} go back", batch.base_offset().value, batch.last_offset().value);
    }
    if (batch.last_offset() - base > most_relative_offset) {
        return fmt::format("its offset {} is too far from the segment's base", batch.last_offset().value);
    }
    return {};
}

/// Whether the bytes are 0, as those are that an append reserves: no more than it reserves.
IoResult<bool> is_zero(const File& file, std::int64_t from, std::int64_t to) {
    if (to - from > room_bytes) {
        return false;
    }
    Bytes bytes(static_cast<std::size_t>(to - from));
    const auto read = file.read_at(from, bytes);
    return read ? IoResult<bool>(std::ranges::all_of(bytes, [](std::byte each) { return each == std::byte{0}; }))
                : std::unexpected(read.error());
}

}  // namespace

Expected<std::int64_t> Segment::truncate_to(Offset offset) {
    const auto place = find(offset);
    if (!place) {
        return std::unexpected(place.error());
    }
    if (!*place) {
        return 0;
    }
    auto cut_indexes =
        in_order([&] { return offsets_->truncate_to(offset); }, [&] { return times_->truncate_to(offset); });
    if (!cut_indexes) {
        return storage_failure(cut_indexes.error());
    }
    if (auto cut = aborted_->truncate_to(offset); !cut) {
        return std::unexpected(cut.error());
    }
    const std::int64_t gone = size() - (*place)->position;
    size_.store((*place)->position, std::memory_order_release);
    {
        const std::scoped_lock lock(mutex_);
        newest_ = no_offset;
        largest_ = times_->last();
    }
    since_index_entry_ = 0;
    const auto file = writer();
    if (!file) {
        return std::unexpected(file.error());
    }
    if (auto cut = give_back_room(**file); !cut) {
        return storage_failure(cut.error());
    }
    // What the time index has no entry for yet is in the batches behind its last entry.
    const auto from = position_before(times_->last().offset);
    auto seen = from ? for_each_batch(
                           *from,
                           [&](RecordBatchView batch, std::int64_t) -> Expected<bool> {
                               const std::scoped_lock lock(mutex_);
                               if (batch.max_timestamp() > largest_.timestamp) {
                                   largest_ = {batch.max_timestamp(), batch.last_offset()};
                               }
                               return true;
                           }
                       )
                     : std::unexpected(from.error());
    return seen ? Expected<std::int64_t>(gone) : std::unexpected(seen.error());
}

Expected<std::optional<std::string>> Segment::sanity() const {
    for (const std::string& index : {offsets_->file().path(), times_->file().path()}) {
        const auto status = files_.status(index);
        if (!status) {
            return storage_failure(status.error());
        }
        if (!*status && size() > 0) {
            return fmt::format("{} is missing", index);
        }
    }
    const auto offsets_fault = offsets_->fault(size());
    const auto times_fault = times_->fault();
    if (!offsets_fault || !times_fault) {
        return storage_failure(offsets_fault ? times_fault.error() : offsets_fault.error());
    }
    if (*offsets_fault) {
        return fmt::format("{}: {}", offsets_->file().path(), **offsets_fault);
    }
    return *times_fault ? std::optional(fmt::format("{}: {}", times_->file().path(), **times_fault)) : std::nullopt;
}

Expected<void> Segment::reset_indexes() {
    constexpr Offset everything{std::numeric_limits<std::int64_t>::min()};
    auto cut =
        in_order([&] { return offsets_->truncate_to(everything); }, [&] { return times_->truncate_to(everything); });
    since_index_entry_ = 0;
    {
        const std::scoped_lock lock(mutex_);
        largest_ = {no_timestamp, base_};
        newest_ = no_offset;
    }
    return cut ? aborted_->clear() : storage_failure(cut.error());
}

Expected<Segment::Recovered> Segment::recover(const std::function<Expected<bool>(RecordBatchView)>& each) {
    if (auto reset = reset_indexes(); !reset) {
        return std::unexpected(reset.error());
    }
    const auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    BatchScanner scanner(**file, 0, size());
    Offset expected = base_;
    std::int64_t good = 0;
    Recovered recovered;
    while (recovered.reason.empty()) {
        const auto batch = scanner.next();
        if (!batch && batch.error().code == ErrorCode::kafka_storage_error) {
            return std::unexpected(batch.error());
        }
        if (!batch || !*batch) {
            recovered.reason = batch ? "" : batch.error().detail;
            break;
        }
        recovered.reason = fault_of(**batch, base_, expected);
        if (!recovered.reason.empty()) {
            recovered.reason = fmt::format("{}: batch at byte {}: {}", (*file)->path(), good, recovered.reason);
            break;
        }
        const auto wanted = each(**batch);
        if (!wanted || !*wanted) {
            recovered.reason = wanted ? "refused" : wanted.error().detail;
            break;
        }
        if (auto indexed = index(**batch, good); !indexed) {
            return storage_failure(indexed.error());
        }
        expected = (*batch)->next_offset();
        good = scanner.position();
    }
    recovered.cut_bytes = size() - good;
    if (size() == 0) {
        return recovered;
    }
    const auto open = files_.open(path(suffix::log), OpenFor::write);
    if (!open) {
        return storage_failure(open.error());
    }
    const auto unused = is_zero(**open, good, size());
    if (!unused) {
        return storage_failure(unused.error());
    }
    if (*unused) {
        recovered.reason.clear();
    }
    size_.store(good, std::memory_order_release);
    const auto cut = give_back_room(**open);  // also where all is good: a crash leaves what was reserved
    return cut ? Expected<Recovered>(recovered) : storage_failure(cut.error());
}

Expected<void> Segment::seal() {
    const auto file = [&] {
        const std::scoped_lock lock(mutex_);
        return open_;
    }();
    // Zeros, and what a failed append left behind, end here, before another segment begins: after a crash Apache Kafka
    // deletes every segment behind one that does not end with a batch. A little that is reserved may stay.
    const bool has_room = file_end_ > size() || reserved_ > size() + room_bytes;
    auto sealed = in_order(
        [&] { return file && has_room ? give_back_room(*file) : IoResult<void>(); },
        [&] { return times_->append_if_later(largest_timestamp()); }, [&] { return offsets_->file().seal(); },
        [&] { return times_->file().seal(); }
    );
    indexes_pending_.store(true, std::memory_order_release);
    const std::scoped_lock lock(mutex_);
    shared_ = open_;
    open_.reset();
    newest_ = no_offset;
    return at_boundary(sealed);
}

void Segment::rest() {
    {
        const std::scoped_lock lock(mutex_);
        if (open_) {
            if (std::max(file_end_, reserved_) > size()) {
                (void)give_back_room(*open_);
            }
            shared_ = open_;
            open_.reset();
        }
    }
    offsets_->file().rest();
    times_->file().rest();
}

Expected<void> Segment::flush() {
    const auto file = handle();
    if (!file) {
        return std::unexpected(file.error());
    }
    const bool sealed = indexes_pending_.exchange(false, std::memory_order_acq_rel);
    const auto synced = in_order(
        [&] { return (*file)->sync(); }, [&] { return sealed ? offsets_->file().flush(true) : IoResult<void>(); },
        [&] { return sealed ? times_->file().flush(true) : IoResult<void>(); }
    );
    auto flushed = synced ? Expected<void>() : storage_failure(synced.error());
    if (flushed && sealed) {
        flushed = aborted_->flush();
    }
    if (!flushed && sealed) {
        indexes_pending_.store(true, std::memory_order_release);
    }
    return flushed;
}

Expected<void> Segment::change_suffix(std::string_view extra) {
    const std::scoped_lock lock(mutex_);
    if (removed_) {
        return {};
    }
    const std::string before = path(suffix::log);
    extra_ = extra;
    auto renamed = in_order(
        [&] { return files_.rename(before, path(suffix::log)); },
        [&] { return offsets_->file().rename(path(suffix::offset_index)); },
        [&] { return times_->file().rename(path(suffix::time_index)); },
        [&] { return aborted_->rename(path(suffix::transaction_index)); }
    );
    return at_boundary(renamed);
}

void Segment::moved_to(const std::string& directory) {
    const std::scoped_lock lock(mutex_);
    directory_ = directory;
    offsets_->file().moved_to(path(suffix::offset_index));
    times_->file().moved_to(path(suffix::time_index));
    aborted_->moved_to(path(suffix::transaction_index));
}

std::array<std::string, 4> Segment::all_paths() const {
    return {path(suffix::log), path(suffix::offset_index), path(suffix::time_index), path(suffix::transaction_index)};
}

std::vector<std::string> Segment::paths() const {
    const std::scoped_lock lock(mutex_);
    const auto all = all_paths();
    return {all.begin(), all.end()};
}

Expected<void> Segment::remove() {
    const std::scoped_lock lock(mutex_);
    removed_ = true;
    for (const std::string& file : all_paths()) {
        if (auto removed = files_.remove(file); !removed) {
            return storage_failure(removed.error());
        }
    }
    return {};
}

}  // namespace barnabas
