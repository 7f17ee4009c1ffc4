#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace barnabas {

/// A delegation token as `delegation-tokens` shows it.
struct TokenRow {
    std::string id;
    std::string hmac;  ///< in base64
    std::string owner;
    std::string requester;
    std::vector<std::string> renewers;
    std::int64_t issued = 0;  ///< this and the next two in ms since 1970
    std::int64_t expires = 0;
    std::int64_t ends = 0;
};

/// "2026-11-21T15:04", in the time zone of the machine.
[[nodiscard]] std::string token_date(std::int64_t millis);

/// "[User:a, User:b]".
[[nodiscard]] std::string principals_text(std::span<const std::string> principals);

[[nodiscard]] std::string token_table(std::span<const TokenRow> rows);

}  // namespace barnabas
