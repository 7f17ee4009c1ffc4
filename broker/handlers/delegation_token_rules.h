#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "metadata/metadata_record.h"
#include "model/error.h"

namespace barnabas {

/// A principal in two parts: "User" and "alice".
struct PrincipalParts {
    std::string type;
    std::string name;

    [[nodiscard]] static PrincipalParts of(std::string_view principal);
    [[nodiscard]] std::string text() const { return type + ":" + name; }
    bool operator==(const PrincipalParts&) const = default;
};

/// What the settings say of the time of a delegation token (KIP-48).
struct TokenTimes {
    std::chrono::milliseconds max_lifetime;  ///< `delegation.token.max.lifetime.ms`
    std::chrono::milliseconds expiry_time;   ///< `delegation.token.expiry.time.ms`: until it has to be renewed
};

/// The times of a token that is made now. What is asked for can only make it shorter; without a positive number of
/// milliseconds nothing is asked for. A sum that no timestamp can hold ends with the last one.
void begin_token(DelegationTokenRecord& token, std::int64_t lifetime_asked, const TokenTimes& times, Timestamp now);

/// When a token is to end, or why it must not be touched.
struct TokenEnd {
    ErrorCode error_code = ErrorCode::none;
    std::int64_t expires = 0;  ///< 0 with an error
    bool at_once = false;      ///< and is removed
};

/// What `principal` comes to who would renew the token for a period, or for the time of the settings without a positive
/// one.
[[nodiscard]] TokenEnd renewed_end(
    const DelegationTokenRecord& token, std::string_view principal, std::int64_t period, const TokenTimes& times,
    Timestamp now
);

/// What `principal` comes to who would have the token end after a period; a negative one is at once.
[[nodiscard]] TokenEnd wanted_end(
    const DelegationTokenRecord& token, std::string_view principal, std::int64_t period, const TokenTimes& times,
    Timestamp now
);

/// Whether the principal owns the token, asked for it, or may renew it: so the token is one of theirs.
[[nodiscard]] bool concerns(const DelegationTokenRecord& token, std::string_view principal);

/// Whether its time, renewed or not, is over.
[[nodiscard]] bool is_over(const DelegationTokenRecord& token, Timestamp now);

}  // namespace barnabas
