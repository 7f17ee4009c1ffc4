#include "cli/scram_users.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/flags.h"
#include "cli/group_description.h"
#include "protocol/alter_user_scram_credentials.h"
#include "protocol/describe_user_scram_credentials.h"
#include "security/scram_digest.h"

namespace barnabas {

namespace {

using ScramDone = std::expected<void, std::string>;

constexpr std::size_t scram_salt_size = 26;

std::unexpected<std::string> no_user_setting(std::string_view key) {
    return std::unexpected(fmt::format(
        "{} is no setting of users: SCRAM-SHA-256 and SCRAM-SHA-512 are, and the quotas producer_byte_rate, "
        "consumer_byte_rate, request_percentage and controller_mutation_rate",
        key
    ));
}

/// Of one credential: the broker takes no user twice in one request.
ScramDone send_alteration(ToolSession& session, const AlterUserScramCredentialsRequest& request) {
    const auto reply = session.ask<AlterUserScramCredentialsResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    for (const auto& result : reply->message.results) {
        if (result.error_code != ErrorCode::none) {
            return std::unexpected(
                java_exception(result.error_code) + ": " + words_of(result.error_code, result.error_message)
            );
        }
    }
    return {};
}

ScramDone set_password(ToolSession& session, const std::string& user, const ScramPassword& wish) {
    const std::string salt = unforeseeable_text(scram_salt_size);
    const auto salted = salt_password(wish.mechanism, wish.password, as_bytes(salt), wish.iterations);
    if (!salted) {
        return std::unexpected(salted.error().detail);
    }
    AlterUserScramCredentialsRequest request;
    auto& upsertion = request.upsertions.emplace_back();
    upsertion.name = user;
    upsertion.mechanism = static_cast<std::int8_t>(wish.mechanism);
    upsertion.iterations = wish.iterations;
    upsertion.salt = as_bytes(salt);
    upsertion.salted_password = *salted;
    return send_alteration(session, request);
}

}  // namespace

std::expected<ScramPassword, std::string> parse_scram_password(std::string_view mechanism, std::string_view text) {
    const auto known = scram_mechanism(mechanism);
    if (!known) {
        return no_user_setting(mechanism);
    }
    ScramPassword wish{*known, fewest_scram_iterations, {}};
    constexpr std::string_view iterations_key = "iterations=";
    constexpr std::string_view password_key = "password=";
    if (text.starts_with(iterations_key)) {
        const auto comma = std::min(text.find(','), text.size());
        const auto number = parse_number(text.substr(iterations_key.size(), comma - iterations_key.size()));
        if (!number || *number < fewest_scram_iterations || *number > most_scram_iterations) {
            return std::unexpected(fmt::format(
                "Iterations of {} must be a number from {} to {}", mechanism, fewest_scram_iterations,
                most_scram_iterations
            ));
        }
        wish.iterations = static_cast<int>(*number);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    if (!text.starts_with(password_key) || text.size() == password_key.size()) {
        return std::unexpected(
            fmt::format("The value of {} must have the form [iterations=NUMBER,password=PASSWORD]", mechanism)
        );
    }
    wish.password = text.substr(password_key.size());
    return wish;
}

ScramDone describe_scram_users(ToolSession& session, const std::optional<std::string>& user) {
    DescribeUserScramCredentialsRequest request;
    request.users.reset();
    if (user) {
        request.users.emplace();
        request.users->emplace_back().name = *user;
    }
    const auto reply = session.ask<DescribeUserScramCredentialsResponse>(request);
    if (!reply) {
        return std::unexpected(words_of(reply.error()));
    }
    const auto& answer = reply->message;
    if (answer.error_code != ErrorCode::none) {
        return std::unexpected(words_of(answer.error_code, answer.error_message));
    }
    for (const auto& result : answer.results) {
        if (result.error_code == ErrorCode::resource_not_found) {
            continue;  // as Kafka's tool, which prints what there is
        }
        if (result.error_code != ErrorCode::none) {
            return std::unexpected(words_of(result.error_code, result.error_message));
        }
        std::vector<std::string> credentials;
        for (const auto& info : result.credential_infos) {
            const auto mechanism = scram_mechanism(info.mechanism);
            credentials.push_back(
                fmt::format("{}=iterations={}", mechanism ? name(*mechanism) : "UNKNOWN", info.iterations)
            );
        }
        print(fmt::format(
            "SCRAM credential configs for user-principal '{}' are {}\n", result.user, fmt::join(credentials, ", ")
        ));
    }
    return {};
}

ScramDone alter_scram_user(
    ToolSession& session, const std::string& user, const std::map<std::string, std::string>& additions,
    const std::vector<std::string>& deletions
) {
    std::vector<ScramPassword> wishes;
    for (const auto& [mechanism, text] : additions) {
        auto wish = parse_scram_password(mechanism, text);
        if (!wish) {
            return std::unexpected(wish.error());
        }
        wishes.push_back(*std::move(wish));
    }
    std::vector<ScramMechanism> removals;
    for (const std::string& key : deletions) {
        const auto mechanism = scram_mechanism(key);
        if (!mechanism) {
            return no_user_setting(key);
        }
        removals.push_back(*mechanism);
    }
    for (const ScramMechanism mechanism : removals) {
        AlterUserScramCredentialsRequest request;
        auto& deletion = request.deletions.emplace_back();
        deletion.name = user;
        deletion.mechanism = static_cast<std::int8_t>(mechanism);
        if (auto done = send_alteration(session, request); !done) {
            return done;
        }
    }
    for (const ScramPassword& wish : wishes) {
        if (auto done = set_password(session, user, wish); !done) {
            return done;
        }
    }
    print(fmt::format("Completed updating config for user {}.\n", user));
    return {};
}

}  // namespace barnabas
