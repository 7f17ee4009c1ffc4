#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "config/live_config.h"
#include "handlers/sasl_server.h"

namespace barnabas {

/// Fetches the keys that sign tokens, and fetches them again now and then, on a thread that it begins when the first
/// URL is asked for.
class JwksKeeper final : public SigningKeys {
public:
    explicit JwksKeeper(const LiveConfig& config) : config_(config) {}
    ~JwksKeeper() override;

    [[nodiscard]] std::shared_ptr<const Jwks> of(const std::string& url) override;
    void look_again(const std::string& url) override;

private:
    struct Source {
        std::shared_ptr<const Jwks> keys;
        Instant due{};
        Instant fetched{};
        int failures = 0;
    };
    static constexpr std::chrono::seconds between_fetches{1};

    void run();
    void fetch(const std::string& url);

    const LiveConfig& config_;
    std::mutex mutex_;  ///< guards what follows
    std::condition_variable changed_;
    std::map<std::string, Source> sources_;
    std::thread thread_;
    bool stopping_ = false;
};

}  // namespace barnabas
