#include "log/batch_scanner.h"

#include <fmt/format.h>

#include <algorithm>

#include "log/storage_error.h"

namespace barnabas {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;

}  // namespace

Expected<RecordBatchView> HeaderScanner::at(std::int64_t position) {
    constexpr auto header = static_cast<std::int64_t>(batch_layout::records);
    const auto refuse = [&](std::string_view why) {
        return fail(
            ErrorCode::corrupt_message, fmt::format("{}: no batch at byte {}: {}", file_.path(), position, why)
        );
    };
    if (position < 0 || position > end_ - header) {
        return refuse("the file ends");
    }
    if (position < begin_ || position + header > begin_ + static_cast<std::int64_t>(filled_)) {
        if (auto filled = fill(position); !filled) {
            return std::unexpected(std::move(filled).error());
        }
        if (filled_ < batch_layout::records) {
            return refuse("the file ends");
        }
    }
    const RecordBatchView batch(BytesView(page_).subspan(static_cast<std::size_t>(position - begin_)));
    const auto length = load_big_endian<std::int32_t>(batch.header().data() + batch_layout::batch_length);
    if (batch.magic() != 2 || length < header - static_cast<std::int64_t>(batch_layout::overhead) ||
        length > end_ - position - static_cast<std::int64_t>(batch_layout::overhead)) {
        return refuse(fmt::format("format {}, length {}", batch.magic(), length));
    }
    return batch;
}

Expected<void> HeaderScanner::fill(std::int64_t position) {
    const auto room = std::min(end_ - position, static_cast<std::int64_t>(page_.size()));
    const MutableBytes into = MutableBytes(page_).first(static_cast<std::size_t>(room));
    filled_ = 0;
    begin_ = position;
    if (from_ == ReadFrom::memory) {
        const auto read = read_cached(file_, position, into);
        if (!read) {
            return storage_failure(read.error());
        }
        if (read->value_or(0) < batch_layout::records) {  // `end_` says that there is a whole header
            return fail(ErrorCode::request_timed_out, {});
        }
        filled_ = **read;
        return {};
    }
    const auto read = file_.read_at(position, into);
    if (!read) {
        return storage_failure(read.error());
    }
    filled_ = *read;
    return {};
}

Expected<std::optional<RecordBatchView>> BatchScanner::next() {
    if (position_ >= end_) {
        return std::nullopt;
    }
    batch_position_ = position_;
    if (auto filled = fill(std::min<std::size_t>(batch_layout::records, static_cast<std::size_t>(end_ - position_)));
        !filled) {
        return std::unexpected(filled.error());
    }
    const BytesView rest = BytesView(chunk_).subspan(used_);
    if (rest.size() >= batch_layout::records) {
        // A length that the file cannot back is refused by parse(), not read.
        const auto size = static_cast<std::int64_t>(batch_layout::overhead) +
                          load_big_endian<std::int32_t>(rest.data() + batch_layout::batch_length);
        if (size > static_cast<std::int64_t>(rest.size()) && size <= end_ - position_) {
            if (auto filled = fill(static_cast<std::size_t>(size)); !filled) {
                return std::unexpected(filled.error());
            }
        }
    }
    const auto batch = RecordBatchView::parse(BytesView(chunk_).subspan(used_));
    if (!batch) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format("{}: no batch at byte {}: {}", file_.path(), position_, batch.error().detail)
        );
    }
    used_ += batch->size();
    position_ += static_cast<std::int64_t>(batch->size());
    return *batch;
}

Expected<void> BatchScanner::fill(std::size_t least) {
    if (chunk_.size() - used_ >= least) {
        return {};
    }
    const auto left = static_cast<std::size_t>(end_ - position_);
    Bytes chunk(std::min(left, std::max(least, chunk_bytes)));
    const std::size_t kept = chunk_.size() - used_;
    std::copy(chunk_.begin() + static_cast<std::ptrdiff_t>(used_), chunk_.end(), chunk.begin());
    const auto read = file_.read_at(position_ + static_cast<std::int64_t>(kept), MutableBytes(chunk).subspan(kept));
    if (!read) {
        return storage_failure(read.error());
    }
    chunk.resize(kept + *read);
    chunk_ = std::move(chunk);
    used_ = 0;
    return {};
}

}  // namespace barnabas
