#pragma once

#include <memory>
#include <string>

#include "common/bytes.h"

namespace barnabas {

/// Where the bytes of one connection are received and cut into frames: a length of four bytes, then as many bytes.
///
/// Bytes in, frames out, no I/O. The memory is reused from frame to frame, grows to hold one frame that is larger than
/// `base_capacity`, and never holds more than one capacity full, so that a peer that sends ahead is bounded.
/// The owner's loop: while `state()` is incomplete, `make_room()`, receive into `room()`, `received(n)`; when complete,
/// use `frame()`, then `pop()`.
class FrameBuffer {
public:
    static constexpr std::size_t base_capacity = std::size_t{32} * 1024;
    /// Enough for a peer that sends small frames ahead: several of them come with one receive.
    static constexpr std::size_t ahead_capacity = std::size_t{128} * 1024;
    static constexpr std::size_t length_size = 4;

    enum class State : std::uint8_t { incomplete, complete, broken };

    /// Frames of more than `max_frame` bytes (`socket.request.max.bytes`, the length not counted) are broken.
    explicit FrameBuffer(std::size_t max_frame);

    [[nodiscard]] State state() const;

    /// The first frame without its length, when complete. Valid until `pop`.
    [[nodiscard]] BytesView frame() const;
    /// The first frame's size with its length, or 0 while the length is not there or makes no sense.
    [[nodiscard]] std::size_t frame_size() const;
    /// When complete: whether the next frame is complete, too.
    [[nodiscard]] bool next_is_complete() const;
    /// When broken: what came instead of a frame, and what to do, for a person.
    [[nodiscard]] std::string problem() const;

    /// Bytes of a frame, or of more, that are there.
    [[nodiscard]] std::size_t held() const { return end_ - begin_; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }

    /// Whether the last receive filled the memory: the peer may have sent more.
    [[nodiscard]] bool filled() const { return filled_; }

    /// Makes room for the rest of the frame: moves what is held to the front, or takes more memory, `capacity` or what
    /// the frame needs.
    void make_room(std::size_t capacity = 0);
    /// After `make_room`: where to receive, at least one byte while the frame is incomplete.
    [[nodiscard]] MutableBytes room() { return {bytes_.get() + end_, capacity_ - end_}; }
    void received(std::size_t size) {
        end_ += size;
        filled_ = end_ == capacity_;
    }

    /// Drops the first frame.
    void pop();
    /// Gives memory beyond the base capacity back, when nothing is held.
    void trim();

private:
    [[nodiscard]] std::size_t size_of_frame_at(std::size_t begin) const;
    void reallocate(std::size_t capacity);

    std::size_t max_frame_;
    bool filled_ = false;
    std::size_t capacity_ = base_capacity;
    std::unique_ptr<std::byte[]> bytes_ = std::make_unique_for_overwrite<std::byte[]>(base_capacity);
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace barnabas
