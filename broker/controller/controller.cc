#include "controller/controller.h"

namespace barnabas {

Controller::Controller(const LiveConfig& config, std::string cluster_id, Random random)
    : config_(config),
      cluster_id_(std::move(cluster_id)),
      random_(random),
      sessions_(config.node().config.broker_session_timeout_ms) {}

MetadataRecords Controller::activate(
    const MetadataImage& image, bool in_transaction, MetadataRecords formatted, const ControllerRegistration& self,
    const Point& point
) {
    image_ = image;
    active_ = true;
    MetadataRecords first;
    if (in_transaction) {
        AbortTransactionRecord abort;
        abort.reason = "Controller failover";
        first.push_back({std::move(abort), 0});
    }
    if (!image_.features.is_bootstrapped()) {
        for (MetadataRecord& record : bootstrap_records(situation(point), std::move(formatted))) {
            first.push_back(std::move(record));
        }
    }
    MetadataImage after = image_;
    for (const MetadataRecord& record : first) {
        CHECK(after.apply(record));
    }
    const ControllerRegistration* known = after.cluster.controller(self.id);
    if (after.features.metadata_version() >= feature::v3_7_iv0 && !(known && *known == self)) {
        first.push_back(self.record());
    }
    // Every broker gets a whole session to find the new controller. But when this process leads for the first time, the
    // broker that this node had before has ended, and the new one need not wait for the end of its session.
    const bool led_before = known && known->incarnation == self.incarnation;
    sessions_.clear();
    for (const auto& [id, broker] : image_.cluster.brokers()) {
        sessions_.begin(id, broker->epoch, broker->fenced, point.now, id != self.id || led_before);
    }
    return first;
}

void Controller::resign() {
    active_ = false;
    image_ = {};
    sessions_.clear();
}

void Controller::replay(const MetadataRecords& records) {
    for (const MetadataRecord& record : records) {
        CHECK(image_.apply(record));
    }
}

Situation Controller::situation(const Point& point) {
    return {image_,    config_,           cluster_id_,         sessions_,  random_,
            point.now, point.next_offset, point.kraft_version, point.quota};
}

Instant Controller::next_deadline() const {
    return active_ ? sessions_.next_deadline() : Instant::max();
}

MetadataRecords Controller::expire(const Point& point) {
    for (const NodeId broker : sessions_.expired(point.now)) {
        if (MetadataRecords records = fence_silent_broker(situation(point), broker); !records.empty()) {
            return records;
        }
    }
    return {};
}

Decision<CreateTopicsResponse> Controller::decide(
    const CreateTopicsRequest& request, std::int16_t, const Point& point
) {
    return create_topics(situation(point), request);
}

Decision<DeleteTopicsResponse> Controller::decide(
    const DeleteTopicsRequest& request, std::int16_t version, const Point& point
) {
    return delete_topics(situation(point), request, version);
}

Decision<CreatePartitionsResponse> Controller::decide(
    const CreatePartitionsRequest& request, std::int16_t, const Point& point
) {
    return create_partitions(situation(point), request);
}

Decision<AlterConfigsResponse> Controller::decide(
    const AlterConfigsRequest& request, std::int16_t, const Point& point
) {
    return alter_configs(situation(point), request);
}

Decision<IncrementalAlterConfigsResponse> Controller::decide(
    const IncrementalAlterConfigsRequest& request, std::int16_t, const Point& point
) {
    return incremental_alter_configs(situation(point), request);
}

Decision<AlterUserScramCredentialsResponse> Controller::decide(
    const AlterUserScramCredentialsRequest& request, std::int16_t, const Point& point
) {
    return alter_scram_credentials(situation(point), request);
}

Decision<DelegationTokenChangeResponse> Controller::decide(
    const DelegationTokenChangeRequest& request, std::int16_t, const Point& point
) {
    return change_delegation_token(situation(point), request);
}

Decision<AlterClientQuotasResponse> Controller::decide(
    const AlterClientQuotasRequest& request, std::int16_t, const Point& point
) {
    return alter_client_quotas(situation(point), request);
}

Decision<UpdateFeaturesResponse> Controller::decide(
    const UpdateFeaturesRequest& request, std::int16_t version, const Point& point
) {
    return update_features(situation(point), request, version);
}

Decision<CreateAclsResponse> Controller::decide(const CreateAclsRequest& request, std::int16_t, const Point& point) {
    return create_acls(situation(point), request);
}

Decision<DeleteAclsResponse> Controller::decide(const DeleteAclsRequest& request, std::int16_t, const Point& point) {
    return delete_acls(situation(point), request);
}

Decision<AllocateProducerIdsResponse> Controller::decide(
    const AllocateProducerIdsRequest& request, std::int16_t, const Point& point
) {
    return allocate_producer_ids(situation(point), request);
}

Decision<AlterPartitionResponse> Controller::decide(
    const AlterPartitionRequest& request, std::int16_t version, const Point& point
) {
    return alter_partition(situation(point), request, version);
}

Decision<ElectLeadersResponse> Controller::decide(
    const ElectLeadersRequest& request, std::int16_t, const Point& point
) {
    return elect_leaders(situation(point), request);
}

Decision<AssignReplicasToDirsResponse> Controller::decide(
    const AssignReplicasToDirsRequest& request, std::int16_t, const Point& point
) {
    return assign_replicas(situation(point), request);
}

Decision<BrokerRegistrationResponse> Controller::decide(
    const BrokerRegistrationRequest& request, std::int16_t, const Point& point
) {
    return register_broker(situation(point), request);
}

Decision<BrokerHeartbeatResponse> Controller::decide(
    const BrokerHeartbeatRequest& request, std::int16_t, const Point& point
) {
    return heartbeat(situation(point), request);
}

Decision<UnregisterBrokerResponse> Controller::decide(
    const UnregisterBrokerRequest& request, std::int16_t, const Point& point
) {
    return unregister(situation(point), request);
}

Decision<ControllerRegistrationResponse> Controller::decide(
    const ControllerRegistrationRequest& request, std::int16_t, const Point& point
) {
    return register_controller(situation(point), request);
}

}  // namespace barnabas
