#include "client/cluster_client.h"

#include <fmt/format.h>

#include "protocol/describe_cluster.h"
#include "protocol/find_coordinator.h"

namespace barnabas {

namespace {

constexpr std::int8_t controller_endpoints = 2;

}  // namespace

Task<Expected<ClusterClient::Node>> ClusterClient::connect(HostPort endpoint) {
    const std::string key = endpoint.text();
    if (const auto found = connections_.find(key); found != connections_.end() && found->second->is_open()) {
        co_return found->second;
    }
    auto opened = co_await BrokerConnection::open(std::move(endpoint), options_.connection);
    if (opened) {
        connected_once_ = true;
        connections_[key] = *opened;
    } else {
        connections_.erase(key);
    }
    co_return opened;
}

Task<Expected<ClusterClient::Node>> ClusterClient::connect_bootstrap() {
    std::string failures;
    for (const HostPort& endpoint : options_.bootstrap) {
        auto opened = co_await connect(endpoint);
        if (opened) {
            co_return opened;
        }
        failures += (failures.empty() ? "" : "; ") + opened.error().detail;
    }
    co_return fail(ErrorCode::network_exception, failures);
}

Task<Expected<ClusterClient::Node>> ClusterClient::any() {
    if (options_.controllers) {
        if (!active_controller_) {
            if (auto found = co_await find_controller(); !found) {
                co_return std::unexpected(std::move(found).error());
            }
        }
        auto opened = co_await connect(*active_controller_);
        if (!opened) {
            active_controller_.reset();
        }
        co_return opened;
    }
    for (const auto& [endpoint, connection] : connections_) {
        if (connection->is_open()) {
            co_return connection;
        }
    }
    for (const auto& [id, endpoint] : std::map(metadata_.brokers())) {
        if (auto opened = co_await connect(endpoint)) {
            co_return opened;
        }
    }
    co_return co_await connect_bootstrap();
}

Task<Expected<void>> ClusterClient::find_controller() {
    auto bootstrap = co_await connect_bootstrap();
    if (!bootstrap) {
        co_return std::unexpected(std::move(bootstrap).error());
    }
    DescribeClusterRequest request;
    request.endpoint_type = controller_endpoints;
    auto reply = co_await (*bootstrap)->call<DescribeClusterResponse>(request);
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    const auto& response = reply->message;
    if (response.error_code != ErrorCode::none) {
        co_return fail(response.error_code, response.error_message.value_or(std::string(text(response.error_code))));
    }
    const auto controller = std::ranges::find_if(response.brokers, [&](const auto& each) {
        return each.broker_id == response.controller_id;
    });
    if (controller == response.brokers.end()) {
        co_return fail(ErrorCode::not_controller, "the quorum has no active controller at this moment");
    }
    active_controller_ = HostPort{controller->host, static_cast<std::uint16_t>(controller->port)};
    co_return Expected<void>();
}

Task<Expected<ClusterClient::Node>> ClusterClient::node(NodeId id) {
    if (!metadata_.brokers().contains(id)) {
        if (auto refreshed = co_await refresh(std::vector<std::string>()); !refreshed) {
            co_return std::unexpected(std::move(refreshed).error());
        }
    }
    const auto found = metadata_.brokers().find(id);
    if (found == metadata_.brokers().end()) {
        co_return fail(ErrorCode::broker_not_available, fmt::format("broker {} is not alive", id.value));
    }
    co_return co_await connect(found->second);
}

Task<Expected<ClusterClient::Node>> ClusterClient::coordinator(CoordinatorKind kind, std::string key) {
    if (const auto known = coordinators_.find({kind, key}); known != coordinators_.end()) {
        co_return co_await node(known->second);
    }
    auto to = co_await any();
    if (!to) {
        co_return std::unexpected(std::move(to).error());
    }
    FindCoordinatorRequest request;
    request.key_type = static_cast<std::int8_t>(kind);
    request.key = key;
    request.coordinator_keys = {key};
    auto reply = co_await (*to)->call<FindCoordinatorResponse>(request);
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    // Up to version 3 the answer stands beside the list.
    const auto& response = reply->message;
    FindCoordinatorResponseCoordinator found;
    found.node_id = response.node_id;
    found.error_code = response.error_code;
    found.error_message = response.error_message;
    found.host = response.host;
    found.port = response.port;
    if (!response.coordinators.empty()) {
        found = response.coordinators.front();
    }
    if (found.error_code != ErrorCode::none) {
        co_return fail(found.error_code, found.error_message.value_or(std::string(text(found.error_code))));
    }
    coordinators_[{kind, key}] = {found.node_id};
    co_return co_await connect({found.host, static_cast<std::uint16_t>(found.port)});
}

void ClusterClient::forget_coordinator(CoordinatorKind kind, const std::string& key) {
    coordinators_.erase({kind, key});
}

Task<Expected<void>> ClusterClient::refresh(std::optional<std::vector<std::string>> topics, bool create) {
    MetadataRequest request;
    request.allow_auto_topic_creation = create;
    request.topics.reset();
    if (topics) {
        request.topics.emplace();
        for (const std::string& topic : *topics) {
            request.topics->emplace_back().name = topic;
        }
    }
    auto to = co_await any();
    if (!to) {
        co_return std::unexpected(std::move(to).error());
    }
    auto reply = co_await (*to)->call<MetadataResponse>(request);
    if (!reply) {
        co_return std::unexpected(std::move(reply).error());
    }
    metadata_.update(**reply);
    co_return Expected<void>();
}

}  // namespace barnabas
