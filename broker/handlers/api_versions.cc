#include <algorithm>

#include "handlers/dispatch.h"
#include "handlers/features.h"
#include "handlers/sasl_state.h"
#include "protocol/api_versions.h"
#include "protocol/produce.h"

// Version 3 brings the client's name (KIP-511) and features (KIP-584); 4 may show features whose least level is 0.

namespace barnabas {

namespace {

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Kafka's rule for the name and version of client software (KIP-511).
bool is_software_name(std::string_view text) {
    return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
           std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

void add_apis(ApiVersionsResponse& response, ListenerKind kind) {
    for (const Api& api : all_apis()) {
        if (serves(api.listeners, kind)) {
            auto& row = response.api_keys.emplace_back();
            row.api_key = api.key;
            // librdkafka up to 2.x takes a least version above 0 for "no Produce at all" (KAFKA-18659).
            row.min_version = api.key == ProduceRequest::api_key ? std::int16_t{0} : api.versions.first;
            row.max_version = api.versions.last;
        }
    }
}

void add_features(ApiVersionsResponse& response, const Features& features, std::int16_t version) {
    for (const auto& feature : features.supported) {
        if (feature.least == 0 && version < 4) {
            continue;  // older clients refuse a least level of 0
        }
        auto& row = response.supported_features.emplace_back();
        row.name = feature.name;
        row.min_version = feature.least;
        row.max_version = feature.most;
    }
    for (const auto& feature : features.finalized) {
        auto& row = response.finalized_features.emplace_back();
        row.name = feature.name;
        row.min_version_level = feature.level;
        row.max_version_level = feature.level;
    }
    response.finalized_features_epoch = features.finalized_epoch;
}

}  // namespace

Task<ApiVersionsResponse> handle(RequestContext& context, ApiVersionsRequest request) {
    ApiVersionsResponse response;
    if (context.session.sasl && context.session.sasl->exchange) {
        response.error_code = ErrorCode::illegal_sasl_state;
        context.close_after = true;
        co_return response;
    }
    if (context.version >= 3) {
        if (!is_software_name(request.client_software_name) || !is_software_name(request.client_software_version)) {
            response.error_code = ErrorCode::invalid_request;
            co_return response;
        }
        context.session.client_software_name = request.client_software_name;
        context.session.client_software_version = request.client_software_version;
    }
    add_apis(response, context.session.listener_kind);
    add_features(response, context.features.features(), context.version);
    co_return response;
}

}  // namespace barnabas
