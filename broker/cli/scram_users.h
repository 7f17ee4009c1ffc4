#pragma once

#include <expected>
#include <map>
#include <string>

#include "cli/session.h"
#include "security/scram_credential.h"

namespace barnabas {

/// What `--add-config 'SCRAM-SHA-256=[iterations=8192,password=secret]'` asks for.
struct ScramPassword {
    ScramMechanism mechanism;
    int iterations = fewest_scram_iterations;
    std::string password;
};

/// Errors are sentences, which show no password.
[[nodiscard]] std::expected<ScramPassword, std::string> parse_scram_password(
    std::string_view mechanism, std::string_view text
);

/// `configs --describe --entity-type users`: of one user, or of all.
std::expected<void, std::string> describe_scram_users(ToolSession& session, const std::optional<std::string>& user);

/// `configs --alter --entity-type users`. Passwords are salted here: the broker never sees them.
std::expected<void, std::string> alter_scram_user(
    ToolSession& session, const std::string& user, const std::map<std::string, std::string>& additions,
    const std::vector<std::string>& deletions
);

}  // namespace barnabas
