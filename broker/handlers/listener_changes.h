#pragma once

#include "config/alter.h"
#include "handlers/broker.h"

namespace barnabas {

/// Whether this node's listeners could go on with these changes of its settings: the key stores that they name can be
/// read and hold what they must. Answers yes at once where no such setting is among them; else it may block. `changes`
/// are those of a request, `replaces` says that nothing else stays. Errors: invalid_request.
[[nodiscard]] Expected<void> check_listener_changes(
    const Broker& broker, std::string_view resource, std::span<const ConfigChange> changes, bool replaces
);

/// Takes those of the resources out of `request` that `check_listener_changes` refuses, and appends their answers to
/// `response`.
template <class Request, class Response>
void refuse_listener_changes(const Broker& broker, Request& request, Response& response, bool replaces) {
    std::erase_if(request.resources, [&](const auto& resource) {
        if (resource.resource_type != static_cast<std::int8_t>(ConfigResource::broker)) {
            return false;
        }
        std::vector<ConfigChange> changes;
        for (const auto& config : resource.configs) {
            ConfigChange change{std::string(config.name), 0, std::nullopt};
            if (config.value) {
                change.value = std::string(*config.value);
            }
            if constexpr (requires { config.config_operation; }) {
                change.operation = config.config_operation;
            }
            changes.push_back(std::move(change));
        }
        const auto checked = check_listener_changes(broker, resource.resource_name, changes, replaces);
        if (!checked) {
            response.responses.push_back(
                {.error_code = checked.error().code,
                 .error_message = checked.error().detail,
                 .resource_type = resource.resource_type,
                 .resource_name = std::string(resource.resource_name)}
            );
        }
        return !checked;
    });
}

}  // namespace barnabas
