#include "handlers/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "handlers/request_quota.h"
#include "handlers/sasl_authentication.h"
#include "protocol/client_data.h"
#include "protocol/message.h"
#include "protocol/requests.h"

namespace barnabas {

namespace {

constexpr std::size_t length_size = 4;
constexpr std::int16_t api_versions_key = ApiVersionsRequest::api_key;

/// The frame's length is written last. ApiVersions has no tagged fields in its response's header, so that a client of
/// any age can read it (KIP-511).
Writer begin_frame(const RequestContext& context, bool flexible) {
    Writer writer;
    writer.bytes().reserve(256);
    writer.integer<std::int32_t>(0);
    writer.integer(context.correlation_id);
    if (flexible && context.api_key != api_versions_key) {
        writer.unsigned_varint(0);
    }
    return writer;
}

Expected<Payload> end_frame(Writer writer) {
    Payload frame = std::move(writer).finish();
    const std::size_t size = frame.size() - length_size;
    if (size > std::numeric_limits<std::int32_t>::max()) {
        return fail(ErrorCode::unknown_server_error, fmt::format("a response of {} bytes cannot be framed", size));
    }
    store_big_endian(frame.bytes.data(), static_cast<std::int32_t>(size));
    return frame;
}

template <class Response>
bool has_failed(const Response& response) {
    if constexpr (requires { response.error_code; }) {
        return response.error_code != ErrorCode::none;
    } else {
        return false;
    }
}

/// After the handler: the client is told how long it must wait.
template <class Response>
void settle_quota(RequestContext& context, Response& response) {
    context.quota()->settle(context);
    if constexpr (requires { response.throttle_time_ms; }) {
        response.throttle_time_ms =
            std::max(response.throttle_time_ms, static_cast<std::int32_t>(context.mute.count()));
    }
}

template <class Request, class Response>
Task<Expected<Answer>> serve(RequestContext context, BytesView body) {
    auto request = decode<Request>(body, context.version);
    if (!request) {
        co_return std::unexpected(std::move(request).error());
    }
    Response response = co_await handle(context, *std::move(request));
    if (context.close) {
        co_return std::unexpected(*std::move(context.close));
    }
    if (context.quota() != nullptr) {
        settle_quota(context, response);
    }
    Answer answer{
        find_api(Request::api_key), {}, context.mute, context.failed || has_failed(response), context.close_after
    };
    if (!context.no_response) {
        Writer writer = begin_frame(context, is_flexible<Response>(context.version));
        response.write(writer, context.version);
        auto frame = end_frame(std::move(writer));
        if (!frame) {
            co_return std::unexpected(std::move(frame).error());
        }
        answer.frame = *std::move(frame);
    }
    co_return answer;
}

#define API(name, first, last, access, listeners)                                          \
    static_assert(                                                                         \
        name##Request::versions.contains(first) && name##Request::versions.contains(last), \
        #name ": the schema does not have these versions"                                  \
    );
#include "handlers/apis.def"
#undef API

constexpr auto rows = std::to_array<Api>({
#define API(name, first, last, access, listeners) \
    {name##Request::api_key,                      \
     {first, last},                               \
     #name,                                       \
     Access::access,                              \
     ServedOn::listeners,                         \
     name##Request::first_flexible_version,       \
     &serve<name##Request, name##Response>},
#include "handlers/apis.def"
#undef API
});

constexpr auto apis = [] {
    auto sorted = rows;
    std::ranges::sort(sorted, {}, &Api::key);
    return sorted;
}();
static_assert(std::ranges::adjacent_find(apis, {}, &Api::key) == apis.end(), "a request stands twice in apis.def");

Task<Expected<Answer>> refuse(Error error) {
    co_return std::unexpected(std::move(error));
}

/// A client newer than this broker asks with a version it will lower once it reads this (KIP-511).
Task<Expected<Answer>> answer_unknown_api_versions(RequestContext context) {
    const Api* api = find_api(api_versions_key);
    ApiVersionsResponse response;
    response.error_code = ErrorCode::unsupported_version;
    auto& row = response.api_keys.emplace_back();
    row.api_key = api->key;
    row.min_version = api->versions.first;
    row.max_version = api->versions.last;
    Writer writer = begin_frame(context, false);
    response.write(writer, 0);
    co_return Answer{api, *end_frame(std::move(writer)), {}, true, false};
}

/// Why the request in `context` is not served here; nothing when it is.
std::optional<Error> objection(const Api* api, const RequestContext& context) {
    if (api == nullptr) {
        return Error{
            ErrorCode::unsupported_version,
            fmt::format(
                "API key {} is not served: the client is no Kafka client, or needs what is not there yet",
                context.api_key
            )
        };
    }
    if (!serves(api->listeners, context.session.listener_kind)) {
        return Error{
            ErrorCode::invalid_request,
            fmt::format(
                "{} is not served on listener {}: use one for {}", api->name, context.session.listener,
                api->listeners == ServedOn::controller ? "controllers" : "brokers"
            )
        };
    }
    if (api->access == Access::authenticated && !context.session.authenticated) {
        return Error{ErrorCode::illegal_sasl_state, fmt::format("{} before authentication", api->name)};
    }
    if (auto error = sasl_objection(context.session, context.api_key, context.arrived)) {
        return error;
    }
    if (!api->versions.contains(context.version)) {
        return Error{
            ErrorCode::unsupported_version,
            fmt::format(
                "{} version {} is not served, versions {} to {} are: take a client that asks ApiVersions first",
                api->name, context.version, api->versions.first, api->versions.last
            )
        };
    }
    return {};
}

}  // namespace

std::span<const Api> all_apis() {
    return apis;
}

const Api* find_api(std::int16_t key) {
    const auto api = std::ranges::lower_bound(apis, key, {}, &Api::key);
    return api != apis.end() && api->key == key ? &*api : nullptr;
}

Task<Expected<Answer>> Dispatcher::serve(Session& session, BytesView frame, Instant arrived) {
    RequestContext context{session, broker_, features_};
    context.arrived = arrived;
    if (session.sasl && session.sasl->raw) {
        return serve_raw_token(std::move(context), frame);
    }
    Reader fixed(frame);
    context.api_key = fixed.integer<std::int16_t>();
    context.version = fixed.integer<std::int16_t>();
    context.correlation_id = fixed.integer<std::int32_t>();
    if (fixed.failed()) {
        return refuse({ErrorCode::invalid_request, fmt::format("a request of {} bytes has no header", frame.size())});
    }
    const Api* api = find_api(context.api_key);
    if (auto error = objection(api, context)) {
        const bool negotiates = context.api_key == api_versions_key && error->code == ErrorCode::unsupported_version;
        return negotiates ? answer_unknown_api_versions(context) : refuse(*std::move(error));
    }
    Reader reader(frame);
    RequestHeader header;
    header.read(reader, context.version >= api->first_flexible_version ? 2 : 1);
    if (reader.failed()) {
        return refuse({ErrorCode::invalid_request, fmt::format("{} header: {}", api->name, reader.error())});
    }
    context.client_id = header.client_id;
    if (quotas_.any()) {
        context.under_quota = RequestQuota::begin(quotas_, context, frame.size());
    }
    return api->serve(context, reader.rest());
}

}  // namespace barnabas
