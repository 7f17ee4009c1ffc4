#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/record_batch.h"

namespace barnabas {

struct HeaderView {
    std::string_view key;
    std::optional<BytesView> value;
};

/// One record of a decompressed batch; keys, values and headers are views into it.
struct RecordView {
    Offset offset;
    Timestamp timestamp = no_timestamp;
    std::optional<BytesView> key;
    std::optional<BytesView> value;
    std::int32_t header_count = 0;
    BytesView header_bytes;  ///< `header_count` headers, checked; `headers()` reads them

    [[nodiscard]] std::vector<HeaderView> headers() const;
};

/// Reads the records of one batch in order.
///
/// Owns the decompressed bytes, so that it must outlive the records it gave out. Never believes a length that the
/// bytes cannot back.
class RecordReader {
public:
    /// Decompresses. Errors: corrupt_message; `max_bytes` bounds what a batch may expand to.
    static Expected<RecordReader> open(RecordBatchView batch, std::size_t max_bytes = std::size_t{1} << 30);

    RecordReader(RecordReader&&) = default;
    RecordReader& operator=(RecordReader&&) = default;

    /// What is not read yet, decompressed.
    [[nodiscard]] BytesView rest() const { return rest_; }

    /// The next record, nothing after the last, or invalid_record with the record's place and what is wrong with it:
    /// it does not parse, or the batch holds fewer or more records than its header says.
    Expected<std::optional<RecordView>> next();
    /// The same, into `record`, for who reads very many; false after the last.
    Expected<bool> next(RecordView& record);

private:
    RecordReader(RecordBatchView batch, Bytes owned, BytesView records)
        : batch_(batch), owned_(std::move(owned)), rest_(records) {}

    [[nodiscard]] std::string_view parse(BytesView body, RecordView& record) const;
    [[nodiscard]] Expected<bool> refuse(std::string_view problem) const;
    [[nodiscard]] Expected<bool> end() const;

    RecordBatchView batch_;
    Bytes owned_;  ///< empty when the batch is not compressed
    BytesView rest_;
    std::int32_t read_ = 0;
};

/// Every record of `batch`, in order, until `each` returns false.
Expected<void> for_each_record(RecordBatchView batch, const std::function<bool(const RecordView&)>& each);

struct Header {
    std::string key;
    std::optional<Bytes> value;
    bool operator==(const Header&) const = default;
};

/// A record that owns its bytes, on its way into a batch.
struct Record {
    std::optional<Bytes> key;
    std::optional<Bytes> value;
    std::vector<Header> headers;
    bool operator==(const Record&) const = default;
};

}  // namespace barnabas
