#include "cli/standard_input.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <cstring>

namespace barnabas {

namespace {

constexpr std::size_t chunk = 65536;

}  // namespace

StandardInput::StandardInput(const Executor& executor) : descriptor_(executor) {
    boost::system::error_code error;
    descriptor_.assign(STDIN_FILENO, error);
    waits_ = !error;
}

StandardInput::~StandardInput() {
    // The descriptor is the process's, not ours.
    if (waits_) {
        descriptor_.release();
    }
}

std::optional<std::string> StandardInput::take_line() {
    const auto end = buffer_.find_first_of("\r\n", taken_);
    if (end == buffer_.npos || (buffer_[end] == '\r' && end + 1 == buffer_.size() && !ended_)) {
        if (!ended_ || taken_ == buffer_.size()) {
            return std::nullopt;
        }
        std::string rest = buffer_.substr(taken_);
        taken_ = buffer_.size();
        return rest;
    }
    std::string line = buffer_.substr(taken_, end - taken_);
    taken_ = end + (buffer_.compare(end, 2, "\r\n") == 0 ? 2 : 1);
    return line;
}

Task<std::expected<bool, std::string>> StandardInput::read_more() {
    if (waits_) {
        boost::system::error_code error;
        co_await descriptor_.async_wait(
            boost::asio::posix::descriptor_base::wait_read, boost::asio::redirect_error(use_task, error)
        );
    }
    buffer_.erase(0, taken_);
    taken_ = 0;
    const std::size_t before = buffer_.size();
    buffer_.resize(before + chunk);
    ssize_t size = -1;
    do {
        size = ::read(STDIN_FILENO, buffer_.data() + before, chunk);
    } while (size < 0 && errno == EINTR);
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size < 0) {
        co_return std::unexpected(fmt::format("cannot read standard input: {}", std::strerror(errno)));
    }
    co_return size > 0;
}

Task<std::expected<std::optional<std::string>, std::string>> StandardInput::next_line() {
    while (true) {
        if (auto line = take_line()) {
            co_return line;
        }
        if (ended_) {
            co_return std::nullopt;
        }
        const auto more = co_await read_more();
        if (!more) {
            co_return std::unexpected(more.error());
        }
        ended_ = !*more;
    }
}

}  // namespace barnabas
