#include "metadata/broker_registration.h"

#include <algorithm>

namespace barnabas {
namespace {

template <class Record>
std::vector<Endpoint> read_endpoints(const Record& record) {
    std::vector<Endpoint> listeners;
    for (const auto& each : record.end_points) {
        listeners.push_back({each.name, each.host, each.port, each.security_protocol});
    }
    return listeners;
}

template <class Record>
SupportedFeatures read_features(const Record& record) {
    SupportedFeatures features;
    for (const auto& each : record.features) {
        features[each.name] = {each.min_supported_version, each.max_supported_version};
    }
    return features;
}

template <class Record>
void write_endpoints(Record& record, const std::vector<Endpoint>& listeners) {
    for (const Endpoint& each : listeners) {
        auto& written = record.end_points.emplace_back();
        written.name = each.name;
        written.host = each.host;
        written.port = each.port;
        written.security_protocol = each.security_protocol;
    }
}

template <class Record>
void write_features(Record& record, const SupportedFeatures& features) {
    for (const auto& [name, range] : features) {
        auto& written = record.features.emplace_back();
        written.name = name;
        written.min_supported_version = range.first;
        written.max_supported_version = range.last;
    }
}

std::vector<Uuid> sorted(std::vector<Uuid> directories) {
    std::ranges::sort(directories);
    return directories;
}

}  // namespace

const Endpoint* BrokerRegistration::endpoint(std::string_view listener) const {
    const auto found = std::ranges::find(listeners, listener, &Endpoint::name);
    return found == listeners.end() ? nullptr : &*found;
}

bool BrokerRegistration::has_directory(const Uuid& directory) const {
    return std::ranges::binary_search(directories, directory);
}

void BrokerRegistration::apply(const BrokerRegistrationChangeRecord& change) {
    // 1 sets and -1 clears; 0 leaves as it is.
    if (change.fenced != 0) {
        fenced = change.fenced > 0;
    }
    if (change.in_controlled_shutdown != 0) {
        in_controlled_shutdown = change.in_controlled_shutdown > 0;
    }
    if (!change.log_dirs.empty()) {
        directories = sorted(change.log_dirs);
    }
    if (change.cordoned_log_dirs) {
        cordoned_directories = sorted(*change.cordoned_log_dirs);
    }
}

BrokerRegistration BrokerRegistration::from(const RegisterBrokerRecord& record) {
    BrokerRegistration broker;
    broker.id = {record.broker_id};
    broker.epoch = {record.broker_epoch};
    broker.incarnation = record.incarnation_id;
    broker.listeners = read_endpoints(record);
    broker.features = read_features(record);
    broker.rack = record.rack;
    broker.fenced = record.fenced;
    broker.in_controlled_shutdown = record.in_controlled_shutdown;
    broker.migrating_zk_broker = record.is_migrating_zk_broker;
    broker.directories = sorted(record.log_dirs);
    if (record.cordoned_log_dirs) {
        broker.cordoned_directories = sorted(*record.cordoned_log_dirs);
    }
    return broker;
}

MetadataRecord BrokerRegistration::record(std::int16_t version) const {
    RegisterBrokerRecord record;
    record.broker_id = id.value;
    record.broker_epoch = epoch.value;
    record.incarnation_id = incarnation;
    write_endpoints(record, listeners);
    write_features(record, features);
    record.rack = rack;
    record.fenced = fenced;
    if (version >= 1) {
        record.in_controlled_shutdown = in_controlled_shutdown;
    }
    if (version >= 2) {
        record.is_migrating_zk_broker = migrating_zk_broker;
    }
    if (version >= 3) {
        record.log_dirs = directories;
    }
    if (version >= 4) {
        record.cordoned_log_dirs = cordoned_directories;
    }
    return {std::move(record), version};
}

ControllerRegistration ControllerRegistration::from(const RegisterControllerRecord& record) {
    return {
        {record.controller_id},
        record.incarnation_id,
        record.zk_migration_ready,
        read_endpoints(record),
        read_features(record)
    };
}

MetadataRecord ControllerRegistration::record() const {
    RegisterControllerRecord record;
    record.controller_id = id.value;
    record.incarnation_id = incarnation;
    record.zk_migration_ready = zk_migration_ready;
    write_endpoints(record, listeners);
    write_features(record, features);
    return {std::move(record), 0};
}

}  // namespace barnabas
