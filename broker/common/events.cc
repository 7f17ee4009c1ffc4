#include "common/events.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <memory>

#include "common/event_line.h"

namespace barnabas::event {

namespace {

constexpr std::size_t max_queued_lines = 8192;

/// A thread of its own writes the lines, so that a slow terminal or pipe stops nobody; when it falls
/// `max_queued_lines` behind, the oldest lines are lost. At exit, what is left is written.
struct Output {
    Format format = Format::human;
    Level least = Level::info;
    bool colour = isatty(STDERR_FILENO) == 1;
    std::shared_ptr<spdlog::details::thread_pool> thread =
        std::make_shared<spdlog::details::thread_pool>(max_queued_lines, 1);
    std::shared_ptr<spdlog::async_logger> logger = std::make_shared<spdlog::async_logger>(
        "events", std::make_shared<spdlog::sinks::stderr_sink_mt>(), thread,
        spdlog::async_overflow_policy::overrun_oldest
    );

    Output() { logger->set_pattern("%v"); }
    ~Output() { thread.reset(); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
};

Output& output() {
    static Output instance;
    return instance;
}

}  // namespace

void write(Level level, std::string_view what, Facts facts) {
    const Output& out = output();
    if (level < out.least) {
        return;
    }
    const auto now = std::chrono::system_clock::now();
    const std::string line = out.format == Format::json ? json_line(now, level, what, facts)
                                                        : human_line(now, level, what, facts, out.colour);
    out.logger->log(spdlog::level::info, spdlog::string_view_t(line));
}

void configure(Format format, Level least) {
    output().format = format;
    output().least = least;
}

void finish() {
    output().logger->set_level(spdlog::level::off);
    output().thread.reset();
}

}  // namespace barnabas::event
