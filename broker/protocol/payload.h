#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "common/bytes.h"

namespace barnabas {

/// Bytes of an open file, to be sent without reading them here. `file` keeps the descriptor open.
struct FileSlice {
    int fd = -1;
    std::int64_t offset = 0;
    std::size_t size = 0;
    std::shared_ptr<const void> file;

    bool operator==(const FileSlice&) const = default;
};

/// Record batches in a message: a view into the buffer they came in, shared bytes, or a slice of a log segment.
class RecordBytes {
public:
    RecordBytes() = default;
    RecordBytes(BytesView view) : source_(view) {}
    RecordBytes(std::shared_ptr<const Bytes> bytes) : source_(std::move(bytes)) {}
    RecordBytes(FileSlice slice) : source_(std::move(slice)) {}

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] const FileSlice* slice() const { return std::get_if<FileSlice>(&source_); }
    /// The bytes, where they are in memory; empty for a slice.
    [[nodiscard]] BytesView bytes() const;
    /// Set when the bytes are shared, so that a writer may keep them instead of copying.
    [[nodiscard]] std::shared_ptr<const Bytes> shared() const;

    bool operator==(const RecordBytes& other) const;

private:
    std::variant<BytesView, std::shared_ptr<const Bytes>, FileSlice> source_ = BytesView{};
};

/// An encoded message: bytes, with places where records are spliced in from elsewhere.
struct Payload {
    struct Splice {
        std::size_t position;  ///< in `bytes`: the records stand before the byte of this index
        RecordBytes records;
    };

    Bytes bytes;
    std::vector<Splice> splices;  ///< by position

    /// Bytes on the wire: those in memory and those spliced in.
    [[nodiscard]] std::size_t size() const;
};

/// All bytes of `payload` in order. It must not hold file slices.
[[nodiscard]] Bytes flatten(Payload payload);

}  // namespace barnabas
