#include "node/banner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/events.h"

namespace barnabas {

namespace {

std::string text_of(const std::vector<Listener>& listeners) {
    std::vector<std::string> texts;
    for (const Listener& listener : listeners) {
        texts.push_back(listener.text());
    }
    return fmt::format("{}", fmt::join(texts, ","));
}

/// The first address that is not for brokers among themselves, if there is one.
const Listener& address_for_clients(const Listeners& listeners) {
    const auto found = std::ranges::find_if(listeners.advertised, [&](const Listener& each) {
        return each.name != listeners.inter_broker;
    });
    return found != listeners.advertised.end() ? *found : listeners.advertised.front();
}

}  // namespace

void tell_banner(const Banner& banner) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(banner.took);
    if (banner.formatted_now) {
        event::info("new cluster", {{"cluster_id", banner.cluster_id}, {"directory", banner.config.metadata_dir()}});
    }
    const Listener& address = address_for_clients(banner.listeners);
    event::info(
        "Barnabas is ready", {{"version", BARNABAS_VERSION},
                              {"node_id", banner.config.node_id},
                              {"cluster_id", banner.cluster_id},
                              {"data", fmt::format("{}", fmt::join(banner.config.data_dirs(), ","))},
                              {"listeners", text_of(banner.listeners.broker)},
                              {"advertised", text_of(banner.listeners.advertised)},
                              {"http", banner.config.barnabas_http_listener},
                              {"connect_with", fmt::format("bootstrap.servers={}:{}", address.host, address.port)},
                              {"took_ms", took.count()}}
    );
}

}  // namespace barnabas
