#include "metadata/cluster_image.h"

#include "metadata/features_image.h"

namespace barnabas {

const BrokerRegistration* ClusterImage::broker(NodeId id) const {
    const auto* found = brokers_.find(id);
    return found ? found->get() : nullptr;
}

const ControllerRegistration* ClusterImage::controller(NodeId id) const {
    const auto* found = controllers_.find(id);
    return found ? found->get() : nullptr;
}

bool ClusterImage::is_active(NodeId id) const {
    const BrokerRegistration* found = broker(id);
    return found && found->is_active();
}

bool ClusterImage::is_unfenced(NodeId id) const {
    const BrokerRegistration* found = broker(id);
    return found && !found->fenced;
}

Expected<BrokerRegistration> ClusterImage::expect(NodeId id, BrokerEpoch epoch) const {
    const BrokerRegistration* found = broker(id);
    if (!found || found->epoch != epoch) {
        return fail(
            ErrorCode::invalid_record, fmt::format("broker {} is not registered with epoch {}", id.value, epoch.value)
        );
    }
    return *found;
}

template <class Change>
Expected<void> ClusterImage::change(NodeId id, BrokerEpoch epoch, Change change) {
    auto broker = expect(id, epoch);
    if (!broker) {
        return std::unexpected(broker.error());
    }
    change(*broker);
    put(*std::move(broker));
    return {};
}

void ClusterImage::put(BrokerRegistration broker) {
    const NodeId id = broker.id;
    brokers_ = brokers_.with(id, std::make_shared<const BrokerRegistration>(std::move(broker)));
}

void ClusterImage::apply(const RegisterBrokerRecord& record) {
    put(BrokerRegistration::from(record));
}

Expected<void> ClusterImage::apply(const UnregisterBrokerRecord& record) {
    const auto broker = expect({record.broker_id}, {record.broker_epoch});
    if (!broker) {
        return std::unexpected(broker.error());
    }
    brokers_ = brokers_.without(broker->id);
    return {};
}

Expected<void> ClusterImage::apply(const FenceBrokerRecord& record) {
    return change({record.id}, {record.epoch}, [](BrokerRegistration& broker) { broker.fenced = true; });
}

Expected<void> ClusterImage::apply(const UnfenceBrokerRecord& record) {
    return change({record.id}, {record.epoch}, [](BrokerRegistration& broker) { broker.fenced = false; });
}

Expected<void> ClusterImage::apply(const BrokerRegistrationChangeRecord& record) {
    return change({record.broker_id}, {record.broker_epoch}, [&](BrokerRegistration& broker) { broker.apply(record); });
}

void ClusterImage::apply(const RegisterControllerRecord& record) {
    auto controller = std::make_shared<const ControllerRegistration>(ControllerRegistration::from(record));
    controllers_ = controllers_.with(controller->id, controller);
}

void ClusterImage::append_records(MetadataRecords& out, MetadataVersion level) const {
    for (const auto& [id, broker] : brokers_) {
        out.push_back(broker->record(record_version::register_broker(level)));
    }
    if (level >= feature::v3_7_iv0) {
        for (const auto& [id, controller] : controllers_) {
            out.push_back(controller->record());
        }
    }
}

}  // namespace barnabas
