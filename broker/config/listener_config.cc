#include "config/listener_config.h"

#include <algorithm>
#include <cctype>

#include "config/option.h"

namespace barnabas {

namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

/// Sets what `settings` say of keys that begin with `prefix`. They were checked when they were written.
void lay_over(Config& config, const ListenerSettings& settings, std::string_view prefix) {
    for (const auto& [key, value] : settings) {
        if (key.starts_with(prefix)) {
            if (const Option* row = find_option(std::string_view(key).substr(prefix.size()))) {
                static_cast<void>(row->set(config, value.reveal()));
            }
        }
    }
}

}  // namespace

ListenerConfig::ListenerConfig(const Config& config, std::string_view name) : name_(name), config_(config) {
    // Its own settings stay, for the mechanisms; those of other listeners make no difference here.
    const std::string lower = lower_case(name);
    std::erase_if(config_.listener_settings, [&](const auto& each) { return each.first != lower; });
    if (const auto own = config_.listener_settings.find(lower); own != config_.listener_settings.end()) {
        lay_over(config_, own->second, "");
    }
}

Config ListenerConfig::config(std::string_view mechanism) const {
    Config own = config_;
    own.sasl_jaas_config.reset();
    for (const auto& [listener, settings] : config_.listener_settings) {
        lay_over(own, settings, lower_case(mechanism) + ".");
    }
    return own;
}

bool ListenerConfig::has_own(std::string_view key) const {
    return std::ranges::any_of(config_.listener_settings, [&](const auto& own) { return own.second.contains(key); });
}

}  // namespace barnabas
