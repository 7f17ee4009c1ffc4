#include "node/token_expiry.h"

#include "common/events.h"
#include "handlers/delegation_tokens.h"

namespace barnabas {

namespace {

/// No controller can be asked to keep a decision waiting for longer.
constexpr std::chrono::seconds removal_patience{30};

}  // namespace

Task<> TokenExpiry::run() {
    if (!config_.get()->delegation_token_secret_key) {
        co_return;
    }
    while (!stopped_) {
        co_await waiter_->wait(later(clock_.now(), config_.get()->delegation_token_expiry_check_interval_ms));
        const auto image = metadata_.image();
        for (const auto& [id, token] : image->security.delegation_tokens()) {
            if (!stopped_ && is_over(*token, clock_.timestamp())) {
                co_await remove(*token);
            }
        }
    }
}

Task<> TokenExpiry::remove(DelegationTokenRecord token) {
    const std::string id = token.token_id;
    const std::string owner = token.owner;
    DelegationTokenChangeRequest change{DelegationTokenChangeRequest::Kind::remove, std::move(token)};
    const auto removed = co_await controller_.submit(std::move(change), 0, clock_.now() + removal_patience);
    if (removed && removed->error_code == ErrorCode::none) {
        event::info("delegation token expired", {{"token", id}, {"owner", owner}});
    }
}

void TokenExpiry::stop() {
    stopped_ = true;
    waiter_->notify();
}

}  // namespace barnabas
