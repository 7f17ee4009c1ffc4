#include "io/send.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace barnabas {
namespace {

struct Send : testing::Test {
    Send() {
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        EXPECT_EQ(std::fwrite(content.data(), 1, content.size(), file.get()), content.size());
        std::fflush(file.get());
    }
    ~Send() override {
        ::close(ends[0]);
        ::close(ends[1]);
    }

    /// What has come to the other end.
    [[nodiscard]] std::string received() const {
        std::string bytes(100'000, '\0');
        const auto size = ::recv(ends[1], bytes.data(), bytes.size(), 0);
        bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return bytes;
    }

    const std::string content = std::string(10'000, 'a') + std::string(10'000, 'b');
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    std::array<int, 2> ends{};
    std::array<SendPiece, 3> pieces{
        SendPiece::of(as_bytes("<")), SendPiece::of_file(fileno(file.get()), 0, content.size()),
        SendPiece::of(as_bytes(">"))
    };
    std::span<SendPiece> unsent = pieces;
};

TEST_F(Send, SendsAllThatTheSocketTakes) {
    EXPECT_EQ(send_some(ends[0], unsent), content.size() + 2);
    EXPECT_TRUE(unsent.empty());
    EXPECT_EQ(received(), "<" + content + ">");
}

TEST_F(Send, EndsWhenEnoughIsSent) {
    EXPECT_EQ(send_some(ends[0], unsent, 12'000), 12'000);
    EXPECT_EQ(received(), "<" + content.substr(0, 11'999));
    ASSERT_EQ(unsent.size(), 2);
    EXPECT_EQ(send_some(ends[0], unsent, 12'000), content.size() + 2 - 12'000);
    EXPECT_TRUE(unsent.empty());
    EXPECT_EQ(received(), content.substr(11'999) + ">");
}

TEST_F(Send, SendsLaterWhatTheSocketHadNoRoomFor) {
    std::fseek(file.get(), 0, SEEK_SET);
    const std::string large = [] {
        std::string bytes(3'000'000, ' ');
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            bytes[at] = static_cast<char>(at / 1000 % 251);
        }
        return bytes;
    }();
    EXPECT_EQ(std::fwrite(large.data(), 1, large.size(), file.get()), large.size());
    std::fflush(file.get());
    pieces[1] = SendPiece::of_file(fileno(file.get()), 5, large.size() - 5);
    std::string all;
    int turns = 0;
    for (; !unsent.empty() && turns < 1'000; ++turns) {
        ASSERT_TRUE(send_some(ends[0], unsent));
        for (std::string some = received(); !some.empty(); some = received()) {
            all += some;
        }
    }
    EXPECT_GT(turns, 1);
    EXPECT_EQ(all, "<" + large.substr(5) + ">");
}

TEST_F(Send, SaysThatAFileEndsBeforeItsPiece) {
    pieces[1].size += 1;
    EXPECT_EQ(send_some(ends[0], unsent).error(), ENODATA);
}

}  // namespace
}  // namespace barnabas
