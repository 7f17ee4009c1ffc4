#include "node/banner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

}  // namespace

void tell_banner(const Banner& banner) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(banner.took);
    if (banner.formatted_now) {
        event::info("new cluster", {{"cluster_id", banner.cluster_id}, {"directory", banner.config.metadata_dir()}});
    }
    const Listener& first = banner.listeners.advertised.front();
    event::info(
        "Barnabas is ready", {{"version", BARNABAS_VERSION},
                              {"node_id", banner.config.node_id},
                              {"cluster_id", banner.cluster_id},
                              {"data", fmt::format("{}", fmt::join(banner.config.data_dirs(), ","))},
                              {"listeners", text_of(banner.listeners.broker)},
                              {"advertised", text_of(banner.listeners.advertised)},
                              {"http", banner.config.barnabas_http_listener},
                              {"connect_with", fmt::format("bootstrap.servers={}:{}", first.host, first.port)},
                              {"took_ms", took.count()}}
    );
}

}  // namespace barnabas
