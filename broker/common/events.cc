#include "common/events.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <memory>
#include <mutex>

#include "common/event_line.h"
#include "common/peer_limit.h"

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

struct Peers {
    std::mutex mutex;
    PeerLimit limit{50};

    static Peers& get() {
        static Peers peers;
        return peers;
    }
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

void warn_of_peer(std::string_view peer, std::string_view what, Facts facts) {
    const std::string_view host = peer.substr(0, peer.rfind(':'));
    Peers& peers = Peers::get();
    std::unique_lock lock(peers.mutex);
    const PeerLimit::Verdict verdict = peers.limit.admit(host, system_clock().now());
    lock.unlock();
    if (verdict.tell) {
        warn(what, facts);
    }
    if (verdict.last) {
        warn(
            "further failures of a peer are not written", {{"peer", host},
                                                           {"for_s", PeerLimit::window.count()},
                                                           {"left_out_before", verdict.held_back_before},
                                                           {"do", "see what it does; the metrics count all of them"}}
        );
    }
}

void limit_peers(std::size_t most) {
    const std::lock_guard lock(Peers::get().mutex);
    Peers::get().limit = PeerLimit(most);
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
