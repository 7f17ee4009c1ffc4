#include "node/jwks_keeper.h"

#include <algorithm>

#include "client/web_page.h"
#include "common/events.h"

namespace barnabas {

JwksKeeper::~JwksKeeper() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::shared_ptr<const Jwks> JwksKeeper::of(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    const auto [source, added] = sources_.try_emplace(url);
    if (added) {
        if (!thread_.joinable()) {
            thread_ = std::thread([this] { run(); });
        }
        changed_.notify_all();
    }
    return source->second.keys;
}

void JwksKeeper::look_again(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = sources_.find(url); found != sources_.end() && found->second.failures == 0) {
        found->second.due = std::min(found->second.due, found->second.fetched + between_fetches);
        changed_.notify_all();
    }
}

void JwksKeeper::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto next = std::ranges::min_element(sources_, {}, [](const auto& each) { return each.second.due; });
        if (next->second.due > system_clock().now()) {
            changed_.wait_until(lock, next->second.due);
            continue;
        }
        const std::string url = next->first;
        lock.unlock();
        fetch(url);
        lock.lock();
    }
}

void JwksKeeper::fetch(const std::string& url) {
    const auto page = fetch_web_page({.url = url});
    auto keys = page ? Jwks::parse(*page) : std::unexpected(page.error());
    const auto config = config_.get();
    const Instant now = system_clock().now();
    const std::scoped_lock lock(mutex_);
    Source& source = sources_[url];
    source.fetched = now;
    if (keys) {
        source.keys = std::make_shared<const Jwks>(*std::move(keys));
        source.failures = 0;
        source.due = later(now, config->sasl_oauthbearer_jwks_endpoint_refresh_ms);
        return;
    }
    const auto first = std::max(config->sasl_oauthbearer_jwks_endpoint_retry_backoff_ms, std::chrono::milliseconds(10));
    const std::chrono::milliseconds wait = first * (1 << std::min(source.failures, 20));
    source.due = later(now, std::min(wait, config->sasl_oauthbearer_jwks_endpoint_retry_backoff_max_ms));
    if (source.failures++ % 10 == 0) {
        event::error(
            "signing keys of tokens not fetched",
            {{"setting", "sasl.oauthbearer.jwks.endpoint.url"},
             {"problem", keys.error().detail},
             {"do", "until they are, those from before hold; without any no token is taken"}}
        );
    }
}

}  // namespace barnabas
