#include "model/record.h"

#include <fmt/format.h>

#include "common/compression.h"
#include "common/varint.h"

namespace barnabas {

namespace {

std::expected<Bytes, std::string> decompress(Compression codec, BytesView bytes, std::size_t max_bytes) {
    switch (codec) {
        case Compression::gzip:
            return gzip::decompress(bytes, max_bytes);
        case Compression::snappy:
            return snappy_xerial::decompress(bytes, max_bytes);
        case Compression::lz4:
            return lz4::decompress(bytes, max_bytes);
        case Compression::zstd:
            return zstd::decompress(bytes, max_bytes);
        case Compression::none:
            break;
    }
    return copy(bytes);
}

/// A length and as many bytes; a length of -1 is none. False when the bytes do not have it.
inline bool take_bytes(BytesView& in, std::optional<BytesView>& out) {
    std::int64_t length;
    if (!take_length(in, length)) {
        return false;
    }
    out.reset();
    if (length >= 0) {
        out = in.first(static_cast<std::size_t>(length));
        in = in.subspan(static_cast<std::size_t>(length));
    }
    return true;
}

bool take_header(BytesView& in, HeaderView& header) {
    std::optional<BytesView> key;
    if (!take_bytes(in, key) || !key || !take_bytes(in, header.value)) {
        return false;
    }
    header.key = as_text(*key);
    return true;
}

/// Whether `in` is exactly `count` headers.
bool are_headers(BytesView in, std::int64_t count) {
    if (count == 0) {
        return in.empty();
    }
    // A header takes two bytes at least.
    if (count < 0 || count > static_cast<std::int64_t>(in.size() / 2)) {
        return false;
    }
    HeaderView header;
    for (; count > 0; --count) {
        if (!take_header(in, header)) {
            return false;
        }
    }
    return in.empty();
}

/// Adds without overflow being undefined: the summands are a peer's.
std::int64_t wrapping_sum(std::int64_t left, std::int64_t right) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right));
}

}  // namespace

std::vector<HeaderView> RecordView::headers() const {
    std::vector<HeaderView> headers(static_cast<std::size_t>(header_count));
    BytesView rest = header_bytes;
    for (HeaderView& header : headers) {
        if (!take_header(rest, header)) {
            return {};
        }
    }
    return headers;
}

Expected<RecordReader> RecordReader::open(RecordBatchView batch, std::size_t max_bytes) {
    const auto codec = batch.compression();
    if (!codec) {
        return fail(
            ErrorCode::corrupt_message, fmt::format("compression code {} does not exist", batch.attributes() & 7)
        );
    }
    if (*codec == Compression::none) {
        return RecordReader(batch, {}, batch.records());
    }
    auto bytes = decompress(*codec, batch.records(), max_bytes);
    if (!bytes) {
        return fail(ErrorCode::corrupt_message, "the batch does not decompress: " + bytes.error());
    }
    RecordReader reader(batch, *std::move(bytes), {});
    reader.rest_ = reader.owned_;
    return reader;
}

Expected<std::optional<RecordView>> RecordReader::next() {
    RecordView record;
    const auto any = next(record);
    if (!any) {
        return std::unexpected(any.error());
    }
    return *any ? std::optional(record) : std::nullopt;
}

Expected<bool> RecordReader::next(RecordView& record) {
    if (read_ >= batch_.record_count()) {
        return end();
    }
    BytesView rest = rest_;
    std::int64_t length;
    if (!take_length(rest, length) || length < 0) {
        return refuse("is cut off or has an impossible length");
    }
    const BytesView body = rest.first(static_cast<std::size_t>(length));
    rest_ = rest.subspan(body.size());
    if (const std::string_view problem = parse(body, record); !problem.empty()) {
        return refuse(problem);
    }
    ++read_;
    return true;
}

Expected<bool> RecordReader::end() const {
    if (rest_.empty()) {
        return false;
    }
    return fail(
        ErrorCode::invalid_record,
        fmt::format("{} bytes follow the {} records that the header counts", rest_.size(), batch_.record_count())
    );
}

Expected<bool> RecordReader::refuse(std::string_view problem) const {
    return fail(ErrorCode::invalid_record, fmt::format("record {} of {} {}", read_, batch_.record_count(), problem));
}

/// Empty, or what is wrong with the record.
std::string_view RecordReader::parse(BytesView body, RecordView& record) const {
    if (body.empty()) {
        return "has no attributes";
    }
    body = body.subspan(1);  // attributes, unused in format 2
    std::int64_t timestamp_delta, offset_delta, header_count;
    if (!take_varint(body, timestamp_delta) || !take_varint(body, offset_delta, most_int32_bytes)) {
        return "is cut off in its timestamp or offset";
    }
    if (!take_bytes(body, record.key)) {
        return "has a key that does not fit";
    }
    if (!take_bytes(body, record.value)) {
        return "has a value that does not fit";
    }
    if (!take_varint(body, header_count, most_int32_bytes) || !are_headers(body, header_count)) {
        return "has headers that do not fit";
    }
    record.header_count = static_cast<std::int32_t>(header_count);
    record.header_bytes = body;
    record.offset = {wrapping_sum(batch_.base_offset().value, offset_delta)};
    const std::int64_t base = batch_.base_timestamp().time_since_epoch().count();
    record.timestamp = batch_.timestamp_type() == TimestampType::log_append_time
                           ? batch_.max_timestamp()
                           : Timestamp(std::chrono::milliseconds(wrapping_sum(base, timestamp_delta)));
    return {};
}

Expected<void> for_each_record(RecordBatchView batch, const std::function<bool(const RecordView&)>& each) {
    auto reader = RecordReader::open(batch);
    if (!reader) {
        return std::unexpected(reader.error());
    }
    while (true) {
        const auto record = reader->next();
        if (!record) {
            return std::unexpected(record.error());
        }
        if (!*record || !each(**record)) {
            return {};
        }
    }
}

}  // namespace barnabas
