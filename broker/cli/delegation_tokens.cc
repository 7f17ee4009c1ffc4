#include <fmt/format.h>

#include "cli/group_description.h"
#include "cli/session.h"
#include "cli/token_table.h"
#include "common/base64.h"
#include "protocol/create_delegation_token.h"
#include "protocol/describe_delegation_token.h"
#include "protocol/expire_delegation_token.h"
#include "protocol/renew_delegation_token.h"

namespace barnabas {

namespace delegation_tokens_command {

constexpr Flag flags[] = {
    required(bootstrap_server_flag),
    {.name = "command-config",
     .takes = Takes::text,
     .argument = "FILE",
     .help = "Properties of the client: tokens are made only over a connection that has authenticated.",
     .required = true},
    {.name = "create", .help = "Make a token."},
    {.name = "renew", .help = "Put the end of a token off."},
    {.name = "expire", .help = "Have a token end."},
    {.name = "describe",
     .help = "Tell the tokens of --owner-principal, or all that may be seen: one's own, and those with a right to."},
    {.name = "owner-principal",
     .takes = Takes::text,
     .argument = "TYPE:NAME",
     .help = "With --create, for whom, who is who asks by default; with --describe, whose tokens.",
     .repeats = true,
     .only_with = "create describe"},
    {.name = "renewer-principal",
     .takes = Takes::text,
     .argument = "TYPE:NAME",
     .help = "Who may renew the token, besides its owner.",
     .repeats = true,
     .only_with = "create"},
    {.name = "max-life-time-period",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long it can be renewed at most; -1 for delegation.token.max.lifetime.ms.",
     .only_with = "create"},
    {.name = "renew-time-period",
     .takes = Takes::number,
     .argument = "MS",
     .help = "How long it is good from now; -1 for delegation.token.expiry.time.ms.",
     .only_with = "renew"},
    {.name = "expiry-time-period",
     .takes = Takes::number,
     .argument = "MS",
     .help = "When it ends, from now; -1 at once.",
     .only_with = "expire"},
    {.name = "hmac",
     .takes = Takes::text,
     .argument = "BASE64",
     .help = "The token's HMAC, as --create told it.",
     .only_with = "renew expire"},
};

struct TwoNames {
    std::string_view type;
    std::string_view name;
};

using Names = std::vector<TwoNames>;

/// The views are of `texts`.
std::expected<Names, std::string> take_apart(std::span<const std::string> texts) {
    Names names;
    for (const std::string& text : texts) {
        const auto colon = text.find(':');
        if (colon == std::string::npos || colon == 0) {
            return std::unexpected(fmt::format("'{}' is no principal: those are as User:alice", text));
        }
        const std::string_view view = text;
        names.push_back({view.substr(0, colon), view.substr(colon + 1)});
    }
    return names;
}

int fail_tokens(const std::string& what) {
    return complain(fmt::format("Error while executing delegation token command : {}", what));
}

/// Nothing when the request went well.
template <class Response>
std::optional<std::string> objection(const Expected<Reply<Response>>& reply) {
    if (!reply) {
        return words_of(reply.error());
    }
    const ErrorCode code = reply->message.error_code;
    return code == ErrorCode::none ? std::nullopt : std::optional(java_exception(code) + ": " + words_of(code, {}));
}

std::string joined(const std::string& type, const std::string& name) {
    return type + ":" + name;
}

int create(ToolSession& session, const Arguments& arguments) {
    const auto renewer_texts = arguments.values("renewer-principal");
    const auto owner_texts = arguments.values("owner-principal");
    const auto renewers = take_apart(renewer_texts);
    const auto owners = take_apart(owner_texts);
    if (!renewers || !owners) {
        return fail_tokens((renewers ? owners : renewers).error());
    }
    if (owners->size() > 1) {
        return fail_tokens("a token has one owner");
    }
    CreateDelegationTokenRequest request;
    request.max_lifetime_ms = *arguments.number("max-life-time-period");
    request.owner_principal_type.reset();
    request.owner_principal_name.reset();
    if (!owners->empty()) {
        request.owner_principal_type = owners->front().type;
        request.owner_principal_name = owners->front().name;
    }
    for (const TwoNames& renewer : *renewers) {
        request.renewers.push_back({renewer.type, renewer.name});
    }
    print(fmt::format(
        "Calling create token operation with renewers :{} , max-life-time-period :{}\n", principals_text(renewer_texts),
        request.max_lifetime_ms
    ));
    const auto reply = session.ask<CreateDelegationTokenResponse>(request);
    if (const auto wrong = objection(reply)) {
        return fail_tokens(*wrong);
    }
    const auto& token = reply->message;
    print(fmt::format("Created delegation token with tokenId : {}\n", token.token_id));
    const TokenRow row{
        token.token_id,
        encode_base64(token.hmac, Base64::standard),
        joined(token.principal_type, token.principal_name),
        joined(token.token_requester_principal_type, token.token_requester_principal_name),
        renewer_texts,
        token.issue_timestamp_ms,
        token.expiry_timestamp_ms,
        token.max_timestamp_ms
    };
    print(token_table(std::span(&row, 1)));
    return 0;
}

/// To renew and to have a token end differ by the names of things.
template <class Response, class Request>
int move_end(ToolSession& session, Request request, std::string_view verb) {
    const auto reply = session.ask<Response>(request);
    if (const auto wrong = objection(reply)) {
        return fail_tokens(*wrong);
    }
    print(fmt::format(
        "Completed {} operation. New expiry date : {}", verb, token_date(reply->message.expiry_timestamp_ms)
    ));
    return 0;
}

int renew_or_expire(ToolSession& session, const Arguments& arguments) {
    const bool renews = arguments.is("renew");
    const std::string text = *arguments.value("hmac");
    const std::int64_t period = *arguments.number(renews ? "renew-time-period" : "expiry-time-period");
    print(fmt::format(
        "Calling {0} token operation with hmac :{1} , {0}-time-period :{2}\n", arguments.action(), text, period
    ));
    const auto hmac = decode_base64(text, Base64::standard);
    if (!hmac) {
        return fail_tokens("the HMAC is not in base64");
    }
    if (renews) {
        RenewDelegationTokenRequest request;
        request.hmac = *hmac;
        request.renew_period_ms = period;
        return move_end<RenewDelegationTokenResponse>(session, request, "renew");
    }
    ExpireDelegationTokenRequest request;
    request.hmac = *hmac;
    request.expiry_time_period_ms = period;
    return move_end<ExpireDelegationTokenResponse>(session, request, "expire");
}

int describe(ToolSession& session, const Arguments& arguments) {
    const auto texts = arguments.values("owner-principal");
    const auto owners = take_apart(texts);
    if (!owners) {
        return fail_tokens(owners.error());
    }
    DescribeDelegationTokenRequest request;
    request.owners.reset();
    if (owners->empty()) {
        print("Calling describe token operation for current user.\n");
    } else {
        print(fmt::format("Calling describe token operation for owners: {}\n", principals_text(texts)));
        request.owners.emplace();
        for (const TwoNames& owner : *owners) {
            request.owners->push_back({owner.type, owner.name});
        }
    }
    const auto reply = session.ask<DescribeDelegationTokenResponse>(request);
    if (const auto wrong = objection(reply)) {
        return fail_tokens(*wrong);
    }
    std::vector<TokenRow> rows;
    for (const auto& token : reply->message.tokens) {
        TokenRow& row = rows.emplace_back();
        row = {
            token.token_id,
            encode_base64(token.hmac, Base64::standard),
            joined(token.principal_type, token.principal_name),
            joined(token.token_requester_principal_type, token.token_requester_principal_name),
            {},
            token.issue_timestamp,
            token.expiry_timestamp,
            token.max_timestamp
        };
        for (const auto& renewer : token.renewers) {
            row.renewers.push_back(joined(renewer.principal_type, renewer.principal_name));
        }
    }
    print(fmt::format("Total number of tokens : {}", rows.size()));
    print(token_table(rows));
    return 0;
}

/// What each action needs besides the cluster.
std::optional<std::string> missing(const Arguments& arguments) {
    const auto need = [&](std::string_view flag) {
        return arguments.has(flag) ? std::nullopt : std::optional(fmt::format("--{} is missing", flag));
    };
    if (arguments.is("create")) {
        return need("max-life-time-period");
    }
    if (arguments.is("describe")) {
        return std::nullopt;
    }
    const auto hmac = need("hmac");
    return hmac ? hmac : need(arguments.is("renew") ? "renew-time-period" : "expiry-time-period");
}

int run(const Arguments& arguments) {
    if (const auto wanted = missing(arguments)) {
        return complain(*wanted);
    }
    auto session = ToolSession::open(arguments);
    if (!session) {
        return complain(session.error());
    }
    if (arguments.is("create")) {
        return create(**session, arguments);
    }
    return arguments.is("describe") ? describe(**session, arguments) : renew_or_expire(**session, arguments);
}

}  // namespace delegation_tokens_command

const Tool delegation_tokens_tool{
    {.tool = "delegation-tokens",
     .purpose = "Make, renew, end and describe delegation tokens.",
     .flags = delegation_tokens_command::flags,
     .actions = "create renew expire describe"},
    delegation_tokens_command::run
};

}  // namespace barnabas
