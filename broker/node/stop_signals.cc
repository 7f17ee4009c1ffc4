#include "node/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "common/events.h"

namespace barnabas {

namespace {

constexpr std::chrono::seconds patience{1};
/// Signals closer together are one: timeout(1) sends its twice, to the process and to its group.
constexpr std::chrono::milliseconds one_breath{50};

[[noreturn]] void end_at_once() {
    event::finish();
    _exit(1);
}

sigset_t signals_to_stop() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

}  // namespace

StopSignals::StopSignals() {
    const sigset_t signals = signals_to_stop();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    thread_ = std::thread([this] { take_signals(); });
}

StopSignals::~StopSignals() {
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
    }
    decided_.notify_all();
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
}

void StopSignals::started() {
    const std::scoped_lock lock(mutex_);
    started_ = true;
    decided_.notify_all();
}

void StopSignals::ask() {
    const std::scoped_lock lock(mutex_);
    asked_at_ = asked_at_.value_or(std::chrono::steady_clock::now());
    decided_.notify_all();
}

void StopSignals::wait() {
    std::unique_lock lock(mutex_);
    decided_.wait(lock, [this] { return asked_at_.has_value(); });
}

void StopSignals::take_signals() {
    const sigset_t signals = signals_to_stop();
    while (true) {
        int signal = 0;
        sigwait(&signals, &signal);
        std::unique_lock lock(mutex_);
        // One that comes when the start is nearly done must not make the stop an unclean one.
        const bool decided = decided_.wait_for(lock, patience, [this] { return started_ || ended_; });
        if (ended_) {
            return;
        }
        take(strsignal(signal), decided);
    }
}

void StopSignals::take(std::string_view signal, bool started) {
    if (!started) {
        event::warn("stopped while starting", {{"signal", signal}, {"note", "the next start checks the logs anew"}});
        end_at_once();
    }
    const auto now = std::chrono::steady_clock::now();
    if (asked_at_ && now < *asked_at_ + one_breath) {
        return;
    }
    if (asked_at_) {
        event::warn("stopped at once", {{"signal", signal}, {"note", "the next start recovers the logs"}});
        end_at_once();
    }
    event::info("stopping", {{"signal", signal}, {"note", "a second signal ends the process at once"}});
    asked_at_ = now;
    decided_.notify_all();
}

}  // namespace barnabas
