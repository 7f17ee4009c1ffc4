#pragma once

#include <algorithm>
#include <expected>
#include <string>

#include "common/bytes.h"

namespace barnabas {

/// Where a decompressor writes when it cannot know the size beforehand: doubles its memory as it fills, never past
/// a limit.
class GrowingOutput {
public:
    GrowingOutput(std::size_t first_guess, std::size_t limit) : limit_(limit) {
        bytes_.resize(std::clamp<std::size_t>(first_guess, 64, std::max<std::size_t>(limit, 64)));
    }

    /// Room to write to; empty when the limit is reached.
    [[nodiscard]] MutableBytes room() {
        if (used_ == bytes_.size() && used_ < limit_) {
            bytes_.resize(std::min(limit_, bytes_.size() * 2));
        }
        return MutableBytes(bytes_).subspan(used_);
    }

    /// `count` bytes of `room()` were written.
    void wrote(std::size_t count) { used_ += count; }

    [[nodiscard]] std::expected<Bytes, std::string> finish() && {
        if (used_ > limit_) {
            return std::unexpected(too_large());
        }
        bytes_.resize(used_);
        return std::move(bytes_);
    }

    [[nodiscard]] std::string too_large() const { return "grows past " + std::to_string(limit_) + " bytes"; }

private:
    Bytes bytes_;
    std::size_t used_ = 0;
    std::size_t limit_;
};

}  // namespace barnabas
