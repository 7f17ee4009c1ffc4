#include "controller/broker_requests.h"

#include <set>

#include "controller/broker_liveness.h"
#include "metadata/features_image.h"

namespace barnabas {
namespace {

Expected<void> check_directories(const MetadataImage& image, const BrokerRegistrationRequest& request) {
    const auto invalid = [](std::string words) { return fail(ErrorCode::invalid_registration, std::move(words)); };
    if (image.features.metadata_version() < feature::v3_7_iv2) {
        return {};
    }
    if (request.log_dirs.empty()) {
        return invalid("No directories specified in request");
    }
    if (std::ranges::any_of(request.log_dirs, &Uuid::reserved)) {
        return invalid("Reserved directory ID in request");
    }
    if (std::set(request.log_dirs.begin(), request.log_dirs.end()).size() != request.log_dirs.size()) {
        return invalid("Duplicate directory ID in request");
    }
    for (const auto& [id, broker] : image.cluster.brokers()) {
        for (const Uuid& directory : request.log_dirs) {
            if (id.value != request.broker_id && broker->has_directory(directory)) {
                return invalid(
                    fmt::format("Broker {} is already registered with directory {}", id.value, directory.text())
                );
            }
        }
    }
    return {};
}

/// A broker must be able to do all that the cluster has agreed on.
Expected<void> check_features(const FeaturesImage& features, const BrokerRegistrationRequest& request) {
    std::map<std::string_view, LevelRange> offered;
    for (const auto& each : request.features) {
        offered[each.name] = {each.min_supported_version, each.max_supported_version};
    }
    if (!offered.contains(feature::metadata_version)) {
        return fail(ErrorCode::invalid_registration, "Request features do not contain 'metadata.version'");
    }
    for (const auto& [name, level] : features.levels()) {
        const auto found = offered.find(name);
        const LevelRange range = found == offered.end() ? LevelRange{0, 0} : found->second;
        if (!range.contains(level)) {
            return fail(
                ErrorCode::unsupported_version,
                fmt::format(
                    "Unable to register because the broker does not support finalized version {} of {}. "
                    "The broker wants a version between {} and {}, inclusive.",
                    level, name, range.first, range.last
                )
            );
        }
    }
    return {};
}

Expected<void> check_registration(const Situation& situation, const BrokerRegistrationRequest& request) {
    if (request.cluster_id != situation.cluster_id) {
        return fail(
            ErrorCode::inconsistent_cluster_id,
            fmt::format("Expected cluster ID {}, but got cluster ID {}", situation.cluster_id, request.cluster_id)
        );
    }
    const BrokerRegistration* before = situation.image.cluster.broker({request.broker_id});
    if (before && before->incarnation != request.incarnation_id && !before->in_controlled_shutdown &&
        situation.sessions.has_valid_session(before->id, before->epoch, situation.now)) {
        return fail(
            ErrorCode::duplicate_broker_registration,
            "Another broker is registered with that broker id. If the broker was recently restarted this "
            "should self-resolve once the heartbeat manager expires the broker's session."
        );
    }
    if (request.is_migrating_zk_broker) {
        return fail(ErrorCode::broker_id_not_registered, "Controller does not support registering ZK brokers.");
    }
    if (auto checked = check_directories(situation.image, request); !checked) {
        return checked;
    }
    return check_features(situation.image.features, request);
}

template <class Request, class Registration>
void copy_endpoints_and_features(const Request& request, Registration& registration) {
    for (const auto& each : request.listeners) {
        registration.listeners.push_back(
            {std::string(each.name), std::string(each.host), each.port, each.security_protocol}
        );
    }
    for (const auto& each : request.features) {
        registration.features[std::string(each.name)] = {each.min_supported_version, each.max_supported_version};
    }
}

BrokerRegistration registration_of(const BrokerRegistrationRequest& request) {
    BrokerRegistration broker;
    broker.id = {request.broker_id};
    broker.incarnation = request.incarnation_id;
    copy_endpoints_and_features(request, broker);
    if (request.rack) {
        broker.rack = std::string(*request.rack);
    }
    broker.directories = request.log_dirs;
    std::ranges::sort(broker.directories);
    return broker;
}

enum class BrokerState : std::uint8_t { fenced, unfenced, leaving, gone };

BrokerState state_of(const BrokerRegistration& broker) {
    return broker.fenced                   ? BrokerState::fenced
           : broker.in_controlled_shutdown ? BrokerState::leaving
                                           : BrokerState::unfenced;
}

BrokerState next_state(
    const Situation& situation, const BrokerRegistration& broker, const BrokerHeartbeatRequest& request
) {
    const BrokerState now = state_of(broker);
    if (now == BrokerState::fenced) {
        // One that was let go comes back by another registration only.
        if (request.want_shut_down || broker.in_controlled_shutdown) {
            return BrokerState::gone;
        }
        // It has to know the cluster at least as of its own registration.
        const bool caught_up = request.current_metadata_offset >= broker.epoch.value;
        return !request.want_fence && caught_up ? BrokerState::unfenced : BrokerState::fenced;
    }
    if (now == BrokerState::unfenced) {
        if (request.want_fence) {
            return request.want_shut_down ? BrokerState::gone : BrokerState::fenced;
        }
        if (!request.want_shut_down) {
            return BrokerState::unfenced;
        }
        return leads_anything(situation.image, broker.id) ? BrokerState::leaving : BrokerState::gone;
    }
    if (leads_anything(situation.image, broker.id)) {
        return BrokerState::leaving;
    }
    // The others must know the new leaders before it goes.
    const BrokerSessions::Session* session = situation.sessions.find(broker.id);
    const bool everybody_knows =
        session && session->shutdown_offset.value_or(Offset{0}) <= situation.sessions.lowest_active_offset();
    return everybody_knows ? BrokerState::gone : BrokerState::leaving;
}

void change_state(Draft& draft, const Situation& situation, NodeId broker, BrokerState from, BrokerState to) {
    if (from == to || (from == BrokerState::fenced && to == BrokerState::gone)) {
        return;
    }
    switch (to) {
        case BrokerState::fenced:
        case BrokerState::gone:
            return fence_broker(draft, situation, broker);
        case BrokerState::unfenced:
            return unfence_broker(draft, situation, broker);
        case BrokerState::leaving:
            return begin_controlled_shutdown(draft, situation, broker);
    }
}

/// What the heartbeat says of the broker's directories.
void note_directories(Draft& draft, const Situation& situation, const BrokerHeartbeatRequest& request) {
    const NodeId id{request.broker_id};
    if (draft.metadata_version() >= feature::v3_7_iv2 && !request.offline_log_dirs.empty()) {
        lose_directories(draft, situation, id, request.offline_log_dirs);
    }
    if (draft.metadata_version() < feature::v4_3_iv0 || !request.cordoned_log_dirs) {
        return;
    }
    std::vector<Uuid> cordoned = *request.cordoned_log_dirs;
    std::ranges::sort(cordoned);
    const BrokerRegistration& broker = *draft.image().cluster.broker(id);
    if (broker.cordoned_directories != cordoned) {
        BrokerRegistrationChangeRecord change;
        change.broker_id = id.value;
        change.broker_epoch = broker.epoch.value;
        change.cordoned_log_dirs = std::move(cordoned);
        draft.append(std::move(change), 3);
    }
}

}  // namespace

Expected<const BrokerRegistration*> expect_broker(const MetadataImage& image, NodeId id, BrokerEpoch epoch) {
    const BrokerRegistration* broker = image.cluster.broker(id);
    if (!broker) {
        return fail(
            ErrorCode::broker_id_not_registered, fmt::format("No broker registration found for broker id {}", id.value)
        );
    }
    if (broker->epoch != epoch) {
        return fail(
            ErrorCode::stale_broker_epoch,
            fmt::format("Expected broker epoch {}, but got broker epoch {}", broker->epoch.value, epoch.value)
        );
    }
    return broker;
}

Decision<BrokerRegistrationResponse> register_broker(
    const Situation& situation, const BrokerRegistrationRequest& request
) {
    BrokerRegistrationResponse reply;
    if (const auto checked = check_registration(situation, request); !checked) {
        reply.error_code = checked.error().code;
        return {{}, reply};
    }
    Draft draft(situation.image);
    BrokerRegistration broker = registration_of(request);
    const BrokerRegistration* before = situation.image.cluster.broker(broker.id);
    if (before && before->incarnation == broker.incarnation) {
        // The same process amends what it said.
        broker.epoch = before->epoch;
        broker.fenced = before->fenced;
        broker.in_controlled_shutdown = before->in_controlled_shutdown;
    } else {
        broker.epoch = {situation.next_offset.value};
        if (before) {
            leave_before_return(draft, situation, broker.id, before->epoch.value == request.previous_broker_epoch);
        }
    }
    draft.append(broker.record(record_version::register_broker(draft.metadata_version())));
    situation.sessions.begin(broker.id, broker.epoch, broker.fenced, situation.now);
    reply.broker_epoch = broker.epoch.value;
    return {std::move(draft).take(), reply};
}

Decision<BrokerHeartbeatResponse> heartbeat(const Situation& situation, const BrokerHeartbeatRequest& request) {
    BrokerHeartbeatResponse reply;
    const NodeId id{request.broker_id};
    const auto broker = expect_broker(situation.image, id, {request.broker_epoch});
    if (!broker) {
        reply.error_code = broker.error().code;
        return {{}, reply};
    }
    const BrokerState before = state_of(**broker);
    const BrokerState next = next_state(situation, **broker, request);
    Draft draft(situation.image);
    change_state(draft, situation, id, before, next);
    note_directories(draft, situation, request);
    const bool fenced = next == BrokerState::fenced || next == BrokerState::gone;
    if (!situation.sessions.find(id)) {
        situation.sessions.begin(id, (*broker)->epoch, fenced, situation.now);
    }
    situation.sessions.touch(id, fenced, {request.current_metadata_offset}, situation.now);
    if (next == BrokerState::leaving && before != next) {
        situation.sessions.begin_shutdown(id, situation.next_offset + static_cast<std::int64_t>(draft.size()) - 1);
    }
    reply.is_caught_up = request.current_metadata_offset >= (*broker)->epoch.value;
    reply.is_fenced = fenced;
    reply.should_shut_down = next == BrokerState::gone;
    return {std::move(draft).take(), reply};
}

Decision<UnregisterBrokerResponse> unregister(const Situation& situation, const UnregisterBrokerRequest& request) {
    UnregisterBrokerResponse reply;
    const NodeId id{request.broker_id};
    if (!situation.image.cluster.broker(id)) {
        reply.error_code = ErrorCode::broker_id_not_registered;
        reply.error_message = fmt::format("Broker ID {} is not currently registered", request.broker_id);
        return {{}, reply};
    }
    Draft draft(situation.image);
    unregister_broker(draft, situation, id);
    situation.sessions.forget(id);
    reply.error_message.reset();
    return {std::move(draft).take(), reply};
}

Decision<ControllerRegistrationResponse> register_controller(
    const Situation& situation, const ControllerRegistrationRequest& request
) {
    ControllerRegistrationResponse reply;
    if (situation.image.features.metadata_version() < feature::v3_7_iv0) {
        reply.error_code = ErrorCode::unsupported_version;
        reply.error_message = "The current MetadataVersion is too old to support controller registrations.";
        return {{}, reply};
    }
    ControllerRegistration controller;
    controller.id = {request.controller_id};
    controller.incarnation = request.incarnation_id;
    controller.zk_migration_ready = request.zk_migration_ready;
    copy_endpoints_and_features(request, controller);
    reply.error_message.reset();
    return {{controller.record()}, reply};
}

MetadataRecords fence_silent_broker(const Situation& situation, NodeId broker) {
    const BrokerRegistration* registered = situation.image.cluster.broker(broker);
    if (!registered || registered->fenced) {
        situation.sessions.forget(broker);
        return {};
    }
    Draft draft(situation.image);
    fence_broker(draft, situation, broker);
    situation.sessions.begin(broker, registered->epoch, true, situation.now);
    return std::move(draft).take();
}

}  // namespace barnabas
