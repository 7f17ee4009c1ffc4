#pragma once

#include <span>

#include "handlers/request_context.h"
#include "io/task.h"
#include "model/error.h"
#include "protocol/payload.h"
#include "protocol/version_range.h"

namespace barnabas {

class Quotas;

// One declaration a row: a request in the table without a handler does not link. Strings and records of the request are
// views of the request buffer, which lives until the response has been encoded.
#define API(name, first, last, access, listeners) \
    struct name##Request;                         \
    struct name##Response;                        \
    Task<name##Response> handle(RequestContext& context, name##Request request);
#include "handlers/apis.def"
#undef API

enum class Access : std::uint8_t { anyone, authenticated };

enum class ServedOn : std::uint8_t { broker, controller, broker_and_controller };

[[nodiscard]] constexpr bool serves(ServedOn listeners, ListenerKind kind) {
    return listeners == ServedOn::broker_and_controller ||
           (listeners == ServedOn::broker) == (kind == ListenerKind::broker);
}

struct Api;

/// What became of a request.
struct Answer {
    const Api* api = nullptr;
    /// Length, header and body, ready to be sent; nothing when no response is due (acks=0).
    std::optional<Payload> frame;
    std::chrono::milliseconds mute{0};
    bool failed = false;
    bool close_after = false;  ///< once it is sent
};

/// A row of apis.def, with the code that turns bytes into an answer.
struct Api {
    std::int16_t key;
    VersionRange versions;
    std::string_view name;
    Access access;
    ServedOn listeners;
    std::int16_t first_flexible_version;
    /// An error closes the connection.
    Task<Expected<Answer>> (*serve)(RequestContext context, BytesView body);
};

/// All rows, sorted by key.
[[nodiscard]] std::span<const Api> all_apis();

/// The row for `key`, or null.
[[nodiscard]] const Api* find_api(std::int16_t key);

/// Serves the frames of connections. Shared by all of them; any thread.
class RequestProcessor {
public:
    virtual ~RequestProcessor() = default;

    /// Serves one request. `session` and `frame` must live until the task ends. An error closes the connection, and
    /// says why to a person.
    [[nodiscard]] virtual Task<Expected<Answer>> serve(Session& session, BytesView frame, Instant arrived) = 0;
};

/// The processor of a broker: request header, row, version, handler.
class Dispatcher final : public RequestProcessor {
public:
    Dispatcher(Broker& broker, const FeatureSource& features, Quotas& quotas)
        : broker_(broker), features_(features), quotas_(quotas) {}

    [[nodiscard]] Task<Expected<Answer>> serve(Session& session, BytesView frame, Instant arrived) override;

private:
    Broker& broker_;
    const FeatureSource& features_;
    Quotas& quotas_;
};

}  // namespace barnabas
