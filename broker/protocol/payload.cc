#include "protocol/payload.h"

#include <algorithm>

#include "common/check.h"

namespace barnabas {

std::size_t RecordBytes::size() const {
    const FileSlice* file = slice();
    return file != nullptr ? file->size : bytes().size();
}

BytesView RecordBytes::bytes() const {
    if (const auto* view = std::get_if<BytesView>(&source_)) {
        return *view;
    }
    const auto held = shared();
    return held ? BytesView(*held) : BytesView();
}

std::shared_ptr<const Bytes> RecordBytes::shared() const {
    const auto* held = std::get_if<std::shared_ptr<const Bytes>>(&source_);
    return held != nullptr ? *held : nullptr;
}

bool RecordBytes::operator==(const RecordBytes& other) const {
    const FileSlice* left = slice();
    const FileSlice* right = other.slice();
    if (left != nullptr || right != nullptr) {
        return left != nullptr && right != nullptr && *left == *right;
    }
    return std::ranges::equal(bytes(), other.bytes());
}

std::size_t Payload::size() const {
    std::size_t total = bytes.size();
    for (const Splice& splice : splices) {
        total += splice.records.size();
    }
    return total;
}

Bytes flatten(Payload payload) {
    if (payload.splices.empty()) {
        return std::move(payload.bytes);
    }
    Bytes all;
    all.reserve(payload.size());
    auto from = payload.bytes.begin();
    for (const Payload::Splice& splice : payload.splices) {
        CHECK(splice.records.slice() == nullptr);
        const auto to = payload.bytes.begin() + static_cast<std::ptrdiff_t>(splice.position);
        all.insert(all.end(), from, to);
        const BytesView records = splice.records.bytes();
        all.insert(all.end(), records.begin(), records.end());
        from = to;
    }
    all.insert(all.end(), from, payload.bytes.end());
    return all;
}

}  // namespace barnabas
