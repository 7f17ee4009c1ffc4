#include "controller/config_requests.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "config/alter.h"
#include "controller/client_metrics_config.h"

namespace barnabas {
namespace {

constexpr std::size_t longest_value = 32767;
constexpr std::string_view min_insync_replicas = "min.insync.replicas";

/// What one part of either request asks for.
struct ConfigWish {
    ConfigTarget target;
    std::vector<ConfigChange> changes;
};

class ConfigAlteration {
public:
    ConfigAlteration(const Situation& situation, Draft& draft, const ConfigWish& wish, bool replaces)
        : situation_(situation),
          draft_(draft),
          wish_(wish),
          replaces_(replaces),
          before_(draft.image().configs.entries(wish.target)) {}

    /// Appends the records to the draft.
    Expected<void> decide() {
        auto after = entries_after();
        if (!after) {
            return std::unexpected(after.error());
        }
        for (const auto& [key, value] : *after) {
            if (value.size() > longest_value) {
                return fail(
                    ErrorCode::invalid_config,
                    "The configuration value cannot be added because it exceeds the "
                    "maximum value size of 32767 bytes."
                );
            }
        }
        if (auto valid = validate(*after); !valid) {
            return valid;
        }
        append_differences(*after);
        return {};
    }

private:
    [[nodiscard]] Expected<ConfigEntries> entries_after() const {
        if (replaces_) {
            return replaced_entries(wish_.changes);
        }
        return changed_entries(static_cast<ConfigResource>(wish_.target.type), before_, wish_.changes);
    }

    [[nodiscard]] Expected<void> validate(const ConfigEntries& after) const {
        const std::string& name = wish_.target.name;
        const auto config = situation_.config.get();
        switch (wish_.target.type) {
            case ConfigResourceType::topic:
                if (name.empty()) {
                    return fail(ErrorCode::invalid_request, "Default topic resources are not allowed.");
                }
                if (auto valid = validate_topic_config(*config, after); !valid) {
                    return valid;
                }
                return draft_.image().topics.find(name) ? Expected<void>()
                                                        : fail(
                                                              ErrorCode::unknown_topic_or_partition,
                                                              fmt::format("The topic '{}' does not exist.", name)
                                                          );
            case ConfigResourceType::broker:
                return validate_broker(after);
            case ConfigResourceType::client_metrics:
                return name.empty() ? fail(ErrorCode::invalid_request, "Subscription name can't be empty")
                                    : validate_client_metrics_config(after);
            case ConfigResourceType::group:
                return name.empty() ? fail(ErrorCode::invalid_request, "Default group resources are not allowed.")
                                    : validate_group_config(*config, after);
            case ConfigResourceType::broker_logger:
                // This program's loggers have no levels of their own.
                return after.empty() ? Expected<void>()
                                     : fail(
                                           ErrorCode::invalid_config,
                                           fmt::format("Logger {} does not exist!", after.begin()->first)
                                       );
            default:
                return fail(
                    ErrorCode::invalid_request,
                    fmt::format("Unknown resource type {}", static_cast<int>(wish_.target.type))
                );
        }
    }

    [[nodiscard]] Expected<void> validate_broker(const ConfigEntries& after) const {
        const std::string& name = wish_.target.name;
        const bool all = name.empty();
        std::int32_t id = -1;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
        if (!all && (error != std::errc() || end != name.data() + name.size())) {
            return fail(ErrorCode::invalid_request, fmt::format("Node id must be an integer, but it is: {}", name));
        }
        if (!all && !draft_.image().cluster.broker({id})) {
            const std::int32_t self = situation_.config.node().config.node_id;
            return fail(
                ErrorCode::invalid_request, fmt::format("Unexpected broker id, expected {}, but received {}", self, id)
            );
        }
        const ConfigsImage& configs = draft_.image().configs;
        const BrokerLayers layers{
            situation_.config.node(), configs.entries(all_brokers_target()), all ? ConfigEntries() : before_,
            draft_.image().features.has_eligible_leader_replicas()
        };
        return validate_broker_config(layers, all, after);
    }

    void append_differences(const ConfigEntries& after) {
        for (const auto& [key, value] : ConfigEntries(before_)) {
            if (!after.contains(key)) {
                append(key, std::nullopt);
            }
        }
        for (const auto& [key, value] : after) {
            const auto found = before_.find(key);
            if (found == before_.end() || found->second != value) {
                append(key, value);
            }
        }
    }

    void append(const std::string& key, std::optional<std::string> value) {
        ConfigRecord record;
        record.resource_type = static_cast<std::int8_t>(wish_.target.type);
        record.resource_name = wish_.target.name;
        record.name = key;
        record.value = std::move(value);
        draft_.append(std::move(record));
        // Who was eligible under another min.insync.replicas may not be so under this one (KIP-966).
        if (key == min_insync_replicas && draft_.image().features.has_eligible_leader_replicas()) {
            ClearElrRecord clear;
            clear.topic_name = wish_.target.type == ConfigResourceType::topic ? wish_.target.name : "";
            draft_.append(std::move(clear));
        }
    }

    const Situation& situation_;
    Draft& draft_;
    const ConfigWish& wish_;
    const bool replaces_;
    const ConfigEntries before_;
};

template <class Resource>
ConfigWish wish_of(const Resource& resource) {
    ConfigWish wish{{static_cast<ConfigResourceType>(resource.resource_type), std::string(resource.resource_name)}, {}};
    for (const auto& each : resource.configs) {
        ConfigChange& change = wish.changes.emplace_back();
        change.key = each.name;
        if constexpr (requires { each.config_operation; }) {
            change.operation = each.config_operation;
        }
        change.value = each.value ? std::optional(std::string(*each.value)) : std::nullopt;
    }
    return wish;
}

template <class Response, class Request>
Decision<Response> alter(const Situation& situation, const Request& request, bool replaces) {
    Response reply;
    Draft draft(situation.image);
    std::map<ConfigTarget, int> times;
    std::vector<ConfigWish> wishes;
    for (const auto& resource : request.resources) {
        ++times[wishes.emplace_back(wish_of(resource)).target];
    }
    for (const ConfigWish& wish : wishes) {
        Draft attempt(draft.image());
        const auto altered =
            times[wish.target] > 1
                ? Expected<void>(fail(ErrorCode::invalid_request, "Each resource must appear at most once."))
                : ConfigAlteration(situation, attempt, wish, replaces).decide();
        auto& result = reply.responses.emplace_back();
        result.resource_type = static_cast<std::int8_t>(wish.target.type);
        result.resource_name = wish.target.name;
        result.error_message.reset();
        if (altered) {
            draft.merge(std::move(attempt));
        } else {
            result.error_code = altered.error().code;
            result.error_message = altered.error().detail;
        }
    }
    return {request.validate_only ? MetadataRecords() : std::move(draft).take(), std::move(reply)};
}

}  // namespace

Decision<AlterConfigsResponse> alter_configs(const Situation& situation, const AlterConfigsRequest& request) {
    return alter<AlterConfigsResponse>(situation, request, true);
}

Decision<IncrementalAlterConfigsResponse> incremental_alter_configs(
    const Situation& situation, const IncrementalAlterConfigsRequest& request
) {
    return alter<IncrementalAlterConfigsResponse>(situation, request, false);
}

}  // namespace barnabas
