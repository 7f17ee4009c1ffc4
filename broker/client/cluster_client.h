#pragma once

#include "client/cluster_metadata.h"
#include "client/connection.h"
#include "client/retry.h"

namespace barnabas {

/// What a coordinator looks after; the values are the wire's.
enum class CoordinatorKind : std::int8_t { group = 0, transaction = 1, share = 2 };

/// The way to a cluster: finds its brokers from a few addresses, keeps a connection to each that was needed, and knows
/// leaders and coordinators. Failures that may pass are tried again until `api_timeout`.
///
/// Belongs to one event loop. It must outlive the tasks that it gave out.
class ClusterClient {
public:
    struct Options {
        std::vector<HostPort> bootstrap;
        bool controllers = false;  ///< `bootstrap` are controllers; requests go to the active one
        BrokerConnection::Options connection;
        std::chrono::milliseconds retry_backoff{100};
        std::chrono::milliseconds api_timeout{60'000};
    };
    using Node = std::shared_ptr<BrokerConnection>;

    explicit ClusterClient(Options options) : options_(std::move(options)) {}

    /// Any live broker; the active controller where `controllers`. The first call fails at once when nobody answers at
    /// any of the addresses: most likely they are wrong.
    Task<Expected<Node>> any();
    Task<Expected<Node>> node(NodeId id);
    Task<Expected<Node>> coordinator(CoordinatorKind kind, std::string key);
    /// Ask for the coordinator anew next time.
    void forget_coordinator(CoordinatorKind kind, const std::string& key);

    /// Asks for the brokers and these topics, or for all topics. `create`: the broker may create missing ones.
    Task<Expected<void>> refresh(std::optional<std::vector<std::string>> topics, bool create = false);
    [[nodiscard]] ClusterMetadata& metadata() { return metadata_; }

    /// Sends to any broker, or to the node or coordinator, and tries again when the connection breaks or the answer as
    /// a whole is a failure that may pass. Errors: that failure, or the last one.
    template <Message Response, Message Request>
    Task<Expected<Reply<Response>>> ask(Request request, CallOptions call = {}) {
        return ask_of<Response>([this] { return any(); }, std::move(request), call);
    }
    template <Message Response, Message Request>
    Task<Expected<Reply<Response>>> ask_node(NodeId id, Request request, CallOptions call = {}) {
        return ask_of<Response>([this, id] { return node(id); }, std::move(request), call);
    }
    template <Message Response, Message Request>
    Task<Expected<Reply<Response>>> ask_coordinator(
        CoordinatorKind kind, std::string key, Request request, CallOptions call = {}
    ) {
        return ask_of<Response>([this, kind, key] { return coordinator(kind, key); }, std::move(request), call);
    }

    /// From now on nothing is tried again after so long.
    void limit_time(std::chrono::milliseconds api_timeout) { options_.api_timeout = api_timeout; }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] Instant deadline() const { return system_clock().now() + options_.api_timeout; }

private:
    struct CoordinatorKey {
        CoordinatorKind kind;
        std::string key;
        auto operator<=>(const CoordinatorKey&) const = default;
    };

    template <Message Response, class Find, Message Request>
    static Task<Expected<Reply<Response>>> attempt(Find find, const Request& request, CallOptions call) {
        auto to = co_await find();
        if (!to) {
            co_return std::unexpected(std::move(to).error());
        }
        auto reply = co_await (*to)->template call<Response>(request, call);
        if constexpr (requires(Response response) { response.error_code; }) {
            if (reply && retriable((*reply)->error_code)) {
                co_return fail((*reply)->error_code, std::string(text((*reply)->error_code)));
            }
        }
        co_return reply;
    }
    template <Message Response, class Find, Message Request>
    Task<Expected<Reply<Response>>> ask_of(Find find, Request request, CallOptions call) {
        for (Retry retry(deadline(), options_.retry_backoff);;) {
            auto reply = co_await attempt<Response>(find, request, call);
            if (reply) {
                co_return reply;
            }
            if (is_not_coordinator(reply.error().code)) {
                coordinators_.clear();
            }
            // Nobody at any address at the first try: no time will mend a wrong address.
            if (!connected_once_ || !co_await retry.after(reply.error())) {
                co_return reply;
            }
        }
    }
    static bool is_not_coordinator(ErrorCode code) {
        return code == ErrorCode::not_coordinator || code == ErrorCode::coordinator_not_available;
    }

    Task<Expected<Node>> connect(HostPort endpoint);
    Task<Expected<Node>> connect_bootstrap();
    Task<Expected<void>> find_controller();

    Options options_;
    ClusterMetadata metadata_;
    std::map<std::string, Node> connections_;  ///< by the endpoint's text
    std::map<CoordinatorKey, NodeId> coordinators_;
    std::optional<HostPort> active_controller_;
    bool connected_once_ = false;
};

}  // namespace barnabas
