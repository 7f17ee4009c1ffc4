#pragma once

#include <memory>

#include "metadata/broker_registration.h"
#include "metadata/persistent_map.h"

namespace barnabas {

/// The brokers and controllers that are registered.
class ClusterImage {
public:
    using Brokers = PersistentMap<NodeId, std::shared_ptr<const BrokerRegistration>>;
    using Controllers = PersistentMap<NodeId, std::shared_ptr<const ControllerRegistration>>;

    [[nodiscard]] const Brokers& brokers() const { return brokers_; }
    [[nodiscard]] const Controllers& controllers() const { return controllers_; }
    /// Null when no such broker is registered. Lives as long as this image.
    [[nodiscard]] const BrokerRegistration* broker(NodeId id) const;
    [[nodiscard]] const ControllerRegistration* controller(NodeId id) const;
    /// Registered, and neither fenced nor shutting down.
    [[nodiscard]] bool is_active(NodeId id) const;
    /// What clients are shown: registered and not fenced.
    [[nodiscard]] bool is_unfenced(NodeId id) const;

    // Errors: invalid_record, for a broker that is not registered with that epoch.
    void apply(const RegisterBrokerRecord& record);
    [[nodiscard]] Expected<void> apply(const UnregisterBrokerRecord& record);
    [[nodiscard]] Expected<void> apply(const FenceBrokerRecord& record);
    [[nodiscard]] Expected<void> apply(const UnfenceBrokerRecord& record);
    [[nodiscard]] Expected<void> apply(const BrokerRegistrationChangeRecord& record);
    void apply(const RegisterControllerRecord& record);
    void append_records(MetadataRecords& out, MetadataVersion level) const;

private:
    [[nodiscard]] Expected<BrokerRegistration> expect(NodeId id, BrokerEpoch epoch) const;
    template <class Change>
    [[nodiscard]] Expected<void> change(NodeId id, BrokerEpoch epoch, Change change);
    void put(BrokerRegistration broker);

    Brokers brokers_;
    Controllers controllers_;
};

}  // namespace barnabas
