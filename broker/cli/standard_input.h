#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <expected>
#include <optional>
#include <string>

#include "io/task.h"

namespace barnabas {

/// Standard input line by line. While it has nothing to say, the loop goes on with its other work.
class StandardInput {
public:
    explicit StandardInput(const Executor& executor);
    ~StandardInput();
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

    /// The next line, without its end (\n, \r or \r\n); nothing at the end of the input. Errors are sentences.
    Task<std::expected<std::optional<std::string>, std::string>> next_line();

private:
    std::optional<std::string> take_line();
    Task<std::expected<bool, std::string>> read_more();

    boost::asio::posix::basic_stream_descriptor<Executor> descriptor_;
    bool waits_ = false;  ///< the descriptor is one that can be waited for: no regular file
    std::string buffer_;
    std::size_t taken_ = 0;  ///< bytes of `buffer_` that were given out
    bool ended_ = false;
};

}  // namespace barnabas
