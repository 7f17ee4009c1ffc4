#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

namespace barnabas {

/// SIGTERM and SIGINT: the first one asks the process to stop, a second one ends it at once, and so does the first one
/// while the node still starts: nothing was promised to anybody yet, and a recovery may take long.
///
/// To be made before any other thread is: all of them leave these signals to the one in here.
class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// From now on a signal asks.
    void started();
    /// Asks without a signal. Any thread.
    void ask();
    /// Waits until somebody asks.
    void wait();

private:
    void take_signals();
    void take(std::string_view signal, bool started);

    std::mutex mutex_;
    std::condition_variable decided_;  ///< when one of the following changes
    bool started_ = false;
    bool ended_ = false;
    std::optional<std::chrono::steady_clock::time_point> asked_at_;
    std::thread thread_;
};

}  // namespace barnabas
