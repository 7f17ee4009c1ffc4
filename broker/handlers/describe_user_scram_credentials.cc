// DescribeUserScramCredentials (API 50, KIP-554): which credentials users have; nothing of what they are made of.

#include "protocol/describe_user_scram_credentials.h"

#include <fmt/format.h>

#include <map>

#include "handlers/access_rights.h"
#include "handlers/broker.h"
#include "handlers/dispatch.h"
#include "metadata/metadata_cache.h"

namespace barnabas {

namespace {

using ScramDescription = DescribeUserScramCredentialsResponse::DescribeUserScramCredentialsResult;

std::map<std::string, std::vector<DescribeUserScramCredentialsResponse::CredentialInfo>, std::less<>> credentials(
    const MetadataImage& image
) {
    std::map<std::string, std::vector<DescribeUserScramCredentialsResponse::CredentialInfo>, std::less<>> all;
    for (const auto& [key, record] : image.security.scram_credentials()) {
        all[key.second].push_back({.mechanism = key.first, .iterations = record->iterations});
    }
    return all;
}

ScramDescription refused(std::string user, ErrorCode code, std::string words) {
    ScramDescription result;
    result.user = std::move(user);
    result.error_code = code;
    result.error_message = std::move(words);
    return result;
}

}  // namespace

Task<DescribeUserScramCredentialsResponse> handle(
    RequestContext& context, DescribeUserScramCredentialsRequest request
) {
    DescribeUserScramCredentialsResponse response;
    if (!AccessRights(context).allows_cluster(AclOperation::describe)) {
        const Error refusal = cluster_refusal(AclOperation::describe);
        response.error_code = refusal.code;
        response.error_message = refusal.detail;
        // As Kafka has it: one for each user that was asked for, without the name.
        response.results.resize(request.users ? request.users->size() : 0, refused({}, refusal.code, refusal.detail));
        co_return response;
    }
    auto all = credentials(*context.broker.metadata.image());
    std::map<std::string, int, std::less<>> asked;  // and how often
    if (!request.users || request.users->empty()) {
        for (const auto& [user, infos] : all) {
            asked.emplace(user, 1);
        }
    } else {
        for (const auto& user : *request.users) {
            ++asked[std::string(user.name)];
        }
    }
    for (const auto& [user, times] : asked) {
        const auto found = all.find(user);
        if (times > 1) {
            response.results.push_back(refused(
                user, ErrorCode::duplicate_resource,
                fmt::format("Cannot describe SCRAM credentials for the same user twice in a single request: {}", user)
            ));
        } else if (found == all.end()) {
            response.results.push_back(refused(
                user, ErrorCode::resource_not_found,
                fmt::format("Attempt to describe a user credential that does not exist: {}", user)
            ));
        } else {
            auto& result = response.results.emplace_back();
            result.user = user;
            result.credential_infos = std::move(found->second);
        }
    }
    co_return response;
}

}  // namespace barnabas
