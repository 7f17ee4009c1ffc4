#include "protocol/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/big_endian.h"

namespace barnabas {
namespace {

using testing::HasSubstr;
using State = FrameBuffer::State;

constexpr std::size_t max_frame = 1'000'000;

std::string framed(std::string_view body) {
    std::string frame(4, '\0');
    store_big_endian(reinterpret_cast<std::byte*>(frame.data()), static_cast<std::int32_t>(body.size()));
    return frame.append(body);
}

/// Receives as much of `text` as there is room for, and drops it from `text`.
void receive(FrameBuffer& buffer, std::string_view& text, std::size_t most = SIZE_MAX) {
    buffer.make_room();
    const std::size_t size = std::min({most, text.size(), buffer.room().size()});
    std::ranges::copy(as_bytes(text.substr(0, size)), buffer.room().begin());
    buffer.received(size);
    text.remove_prefix(size);
}

TEST(FrameBuffer, CutsFramesInTheirOrder) {
    FrameBuffer buffer(max_frame);
    const std::string sent = framed("one") + framed("") + framed("three");
    std::string_view rest = sent;
    receive(buffer, rest);
    for (const std::string_view expected : {"one", "", "three"}) {
        ASSERT_EQ(buffer.state(), State::complete);
        EXPECT_EQ(as_text(buffer.frame()), expected);
        buffer.pop();
    }
    EXPECT_EQ(buffer.state(), State::incomplete);
    EXPECT_EQ(buffer.held(), 0U);
}

TEST(FrameBuffer, PutsAFrameTogetherFromSingleBytes) {
    FrameBuffer buffer(max_frame);
    const std::string sent = framed("hello");
    std::string_view rest = sent;
    while (!rest.empty()) {
        ASSERT_EQ(buffer.state(), State::incomplete);
        receive(buffer, rest, 1);
    }
    ASSERT_EQ(buffer.state(), State::complete);
    EXPECT_EQ(as_text(buffer.frame()), "hello");
}

TEST(FrameBuffer, TellsThatItWasFilledAndGrowsWhenAsked) {
    FrameBuffer buffer(max_frame);
    const std::string sent = framed(std::string(20'000, 'a')) + framed(std::string(20'000, 'b')) + framed("c");
    std::string_view rest = sent;
    receive(buffer, rest);
    EXPECT_TRUE(buffer.filled());
    buffer.pop();
    ASSERT_EQ(buffer.state(), State::incomplete);
    buffer.make_room(FrameBuffer::ahead_capacity);
    receive(buffer, rest);
    EXPECT_FALSE(buffer.filled());
    EXPECT_EQ(buffer.capacity(), FrameBuffer::ahead_capacity);
    EXPECT_EQ(as_text(buffer.frame()), std::string(20'000, 'b'));
    EXPECT_TRUE(buffer.next_is_complete());
}

TEST(FrameBuffer, TellsWhetherTheNextFrameIsComplete) {
    FrameBuffer buffer(max_frame);
    const std::string sent = framed("one") + framed("two").substr(0, 6);
    std::string_view rest = sent;
    receive(buffer, rest);
    EXPECT_FALSE(buffer.next_is_complete());
    std::string_view last = "o";
    receive(buffer, last);
    EXPECT_TRUE(buffer.next_is_complete());
    buffer.pop();
    EXPECT_FALSE(buffer.next_is_complete());
}

TEST(FrameBuffer, GrowsForALargeFrameAndGivesTheMemoryBack) {
    FrameBuffer buffer(max_frame);
    const std::string large(500'000, 'x');
    const std::string sent = framed("a") + framed(large) + framed("b");
    std::string_view rest = sent;
    for (const std::string_view expected : {std::string_view("a"), std::string_view(large), std::string_view("b")}) {
        while (buffer.state() == State::incomplete) {
            receive(buffer, rest, 1000);
        }
        EXPECT_EQ(as_text(buffer.frame()), expected);
        buffer.pop();
    }
    EXPECT_GE(buffer.capacity(), large.size());
    buffer.trim();
    EXPECT_EQ(buffer.capacity(), FrameBuffer::base_capacity);
}

TEST(FrameBuffer, MovesAFrameThatNoLongerFitsBehindTheOthers) {
    FrameBuffer buffer(max_frame);
    const std::string body(FrameBuffer::base_capacity / 2, 'y');
    const std::string sent = framed(body) + framed(body) + framed(body);
    std::string_view rest = sent;
    for (int i = 0; i < 3; ++i) {
        while (buffer.state() == State::incomplete) {
            receive(buffer, rest);
        }
        EXPECT_EQ(as_text(buffer.frame()), body);
        buffer.pop();
    }
    EXPECT_EQ(buffer.capacity(), FrameBuffer::base_capacity);
}

std::string problem_of(std::string_view sent) {
    FrameBuffer buffer(max_frame);
    receive(buffer, sent);
    return buffer.state() == State::broken ? buffer.problem() : "";
}

TEST(FrameBuffer, TellsWhatCameInsteadOfAFrame) {
    EXPECT_THAT(problem_of("GET / HTTP/1.1\r\n"), HasSubstr("HTTP request"));
    EXPECT_THAT(problem_of(std::string("\x16\x03\x01\x02\x00", 5)), HasSubstr("TLS handshake"));
    EXPECT_THAT(problem_of("\xff\xff\xff\xff"), HasSubstr("-1 bytes"));
    EXPECT_THAT(
        problem_of("\x7f\xff\xff\xff"), HasSubstr("2147483647 bytes, where socket.request.max.bytes allows 1000000")
    );
    EXPECT_EQ(problem_of(std::string("\x00\x0f\x42\x40", 4)), "");  // exactly the largest
    EXPECT_THAT(problem_of(std::string("\x00\x0f\x42\x41", 4)), HasSubstr("1000001 bytes"));
}

}  // namespace
}  // namespace barnabas
