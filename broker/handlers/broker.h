#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/clock.h"
#include "config/live_config.h"
#include "model/error.h"
#include "model/ids.h"

namespace barnabas {

class AccessControl;
class BackgroundPool;
class ControllerClient;
class DelegationTokenIndex;
class FetchSessionCache;
class GroupCoordinator;
class LogDirs;
class MetadataCache;
class ProducerIds;
class QuorumSource;
class ReplicaManager;
class SaslServer;
class TopicCreation;

/// The services of a node that handlers use. They live as long as the node; each is safe from any thread.
struct Broker {
    NodeId node;
    std::string cluster_id;
    const Clock& clock;
    const LiveConfig& live_config;
    BackgroundPool& background;
    LogDirs& log_dirs;
    MetadataCache& metadata;
    ReplicaManager& replicas;
    FetchSessionCache& fetch_sessions;
    ProducerIds& producer_ids;
    ControllerClient& controller;
    GroupCoordinator& groups;
    QuorumSource& quorum;
    TopicCreation& topic_creation;
    /// Whether this node's listeners could run with other settings. May read files. Errors: invalid_request.
    std::function<Expected<void>(const Config& config)> check_listeners;
    AccessControl& access_control;
    DelegationTokenIndex& delegation_tokens;
    SaslServer& sasl;

    [[nodiscard]] std::shared_ptr<const Config> config() const { return live_config.get(); }
};

}  // namespace barnabas
