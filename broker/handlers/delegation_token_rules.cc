#include "handlers/delegation_token_rules.h"

#include <algorithm>

namespace barnabas {

namespace {

std::int64_t after(Timestamp now, std::int64_t period) {
    const std::int64_t millis = now.time_since_epoch().count();
    return millis + std::min(period, INT64_MAX - millis);
}

/// Who only asked for it on behalf of somebody may see it, but not touch it.
bool may_touch(const DelegationTokenRecord& token, std::string_view principal) {
    return token.owner == principal || std::ranges::find(token.renewers, principal) != token.renewers.end();
}

}  // namespace

PrincipalParts PrincipalParts::of(std::string_view principal) {
    const auto colon = std::min(principal.find(':'), principal.size());
    return {
        std::string(principal.substr(0, colon)), std::string(principal.substr(std::min(colon + 1, principal.size())))
    };
}

void begin_token(DelegationTokenRecord& token, std::int64_t lifetime_asked, const TokenTimes& times, Timestamp now) {
    std::int64_t lifetime = times.max_lifetime.count();
    if (lifetime_asked > 0) {
        lifetime = std::min(lifetime, lifetime_asked);
    }
    token.issue_timestamp = now.time_since_epoch().count();
    token.max_timestamp = after(now, lifetime);
    token.expiration_timestamp = std::min(token.max_timestamp, after(now, times.expiry_time.count()));
}

TokenEnd renewed_end(
    const DelegationTokenRecord& token, std::string_view principal, std::int64_t period, const TokenTimes& times,
    Timestamp now
) {
    if (is_over(token, now)) {
        return {ErrorCode::delegation_token_expired};
    }
    if (!may_touch(token, principal)) {
        return {ErrorCode::delegation_token_owner_mismatch};
    }
    const std::int64_t longest = times.expiry_time.count();
    const std::int64_t wanted = period > 0 ? std::min(period, longest) : longest;
    return {ErrorCode::none, std::min(token.max_timestamp, after(now, wanted))};
}

TokenEnd wanted_end(
    const DelegationTokenRecord& token, std::string_view principal, std::int64_t period, const TokenTimes&,
    Timestamp now
) {
    if (!may_touch(token, principal)) {
        return {ErrorCode::delegation_token_owner_mismatch};
    }
    if (period < 0) {
        return {ErrorCode::none, now.time_since_epoch().count(), true};
    }
    if (is_over(token, now)) {
        return {ErrorCode::delegation_token_expired};
    }
    return {ErrorCode::none, std::min(token.max_timestamp, after(now, period))};
}

bool concerns(const DelegationTokenRecord& token, std::string_view principal) {
    return token.requester == principal || may_touch(token, principal);
}

bool is_over(const DelegationTokenRecord& token, Timestamp now) {
    const std::int64_t millis = now.time_since_epoch().count();
    return token.max_timestamp < millis || token.expiration_timestamp < millis;
}

}  // namespace barnabas
