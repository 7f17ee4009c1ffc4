#include "handlers/listener_changes.h"

#include <algorithm>

#include "metadata/metadata_cache.h"

namespace barnabas {

Expected<void> check_listener_changes(
    const Broker& broker, std::string_view resource, std::span<const ConfigChange> changes, bool replaces
) {
    const bool concerned = std::ranges::any_of(changes, [](const ConfigChange& each) {
        const bool of_listener = each.key.starts_with("listener.name.");
        return (of_listener && each.key.find(".ssl.") != std::string::npos) || each.key.starts_with("sasl.") ||
               (of_listener && each.key.find(".sasl.") != std::string::npos);
    });
    if (!concerned || resource != std::to_string(broker.node.value)) {
        return {};
    }
    const auto image = broker.metadata.image();
    const ConfigsImage& configs = image->configs;
    const auto after =
        replaces ? replaced_entries(changes)
                 : changed_entries(ConfigResource::broker, configs.entries(broker_target(broker.node)), changes);
    if (!after) {
        return {};  // the controller says what is wrong with it
    }
    return broker.check_listeners(
        effective_config(broker.live_config.node(), configs.entries(all_brokers_target()), *after)
    );
}

}  // namespace barnabas
