#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "metadata/feature_levels.h"
#include "metadata/metadata_record.h"
#include "model/ids.h"

namespace barnabas {

/// Where a node can be reached under one listener name.
struct Endpoint {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;  ///< Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL

    bool operator==(const Endpoint&) const = default;
};

/// A broker as it last registered with the controller. A value.
struct BrokerRegistration {
    NodeId id = no_node;
    BrokerEpoch epoch{-1};
    Uuid incarnation;
    std::vector<Endpoint> listeners;
    SupportedFeatures features;
    std::optional<std::string> rack;
    /// No leader, no member of an ISR, and not shown to clients: it has not caught up yet, or has not been heard of.
    bool fenced = true;
    bool in_controlled_shutdown = false;
    bool migrating_zk_broker = false;
    std::vector<Uuid> directories;                          ///< sorted
    std::optional<std::vector<Uuid>> cordoned_directories;  ///< take no new replicas; nothing when it never said

    /// Whether it may lead and be in ISRs.
    [[nodiscard]] bool is_active() const { return !fenced && !in_controlled_shutdown; }
    [[nodiscard]] const Endpoint* endpoint(std::string_view listener) const;
    [[nodiscard]] bool has_directory(const Uuid& directory) const;

    void apply(const BrokerRegistrationChangeRecord& change);

    [[nodiscard]] static BrokerRegistration from(const RegisterBrokerRecord& record);
    [[nodiscard]] MetadataRecord record(std::int16_t version) const;

    bool operator==(const BrokerRegistration&) const = default;
};

/// A controller as it last registered with the active one (KIP-919). A value.
struct ControllerRegistration {
    NodeId id = no_node;
    Uuid incarnation;
    bool zk_migration_ready = false;
    std::vector<Endpoint> listeners;
    SupportedFeatures features;

    [[nodiscard]] static ControllerRegistration from(const RegisterControllerRecord& record);
    [[nodiscard]] MetadataRecord record() const;

    bool operator==(const ControllerRegistration&) const = default;
};

}  // namespace barnabas
