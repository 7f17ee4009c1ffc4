#include "node/jaas_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "common/events.h"
#include "config/java_options.h"
#include "config/listener_config.h"
#include "config/listeners.h"
#include "io/whole_file.h"

namespace barnabas {

namespace {

constexpr std::string_view section_of_servers = "KafkaServer";

std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

}  // namespace

std::vector<Property> settings_of_jaas_file(const JaasFile& file, const Config& config) {
    std::vector<Property> settings;
    const auto listeners = read_listeners(config);
    if (!listeners) {
        return settings;  // told elsewhere
    }
    for (const auto* list : {&listeners->broker, &listeners->controller}) {
        for (const Listener& each : *list) {
            const std::string name = in_lower_case(each.name);
            auto section = file.find(fmt::format("{}.{}", name, section_of_servers));
            section = section != file.end() ? section : file.find(section_of_servers);
            if (!uses_sasl(each.protocol) || section == file.end()) {
                continue;
            }
            const ListenerConfig own(config, each.name);
            for (const std::string& mechanism : own.config().sasl_enabled_mechanisms) {
                const JaasEntry* entry = jaas_entry_for(mechanism, section->second);
                if (entry != nullptr && !own.config(mechanism).sasl_jaas_config) {
                    settings.push_back(
                        {fmt::format("listener.name.{}.{}.sasl.jaas.config", name, in_lower_case(mechanism)),
                         entry->text()}
                    );
                }
            }
        }
    }
    return settings;
}

Expected<std::vector<Property>> settings_of_java_options(const Config& config) {
    if (const auto kerberos = environment_java_property("java.security.krb5.conf")) {
        setenv("KRB5_CONFIG", kerberos->c_str(), 1);
    }
    const auto path = environment_java_property("java.security.auth.login.config");
    if (!path) {
        return std::vector<Property>();
    }
    const auto told = [&](std::string_view why) {
        return fail(
            ErrorCode::invalid_config, fmt::format("KAFKA_OPTS: java.security.auth.login.config: {}: {}", *path, why)
        );
    };
    const auto bytes = read_whole_file(posix_file_system(), *path);
    if (!bytes || !*bytes) {
        return told(bytes ? "there is no such file" : bytes.error().text());
    }
    const auto file = parse_jaas_file(as_text(**bytes));
    if (!file) {
        return told(file.error().detail);
    }
    auto settings = settings_of_jaas_file(*file, config);
    if (settings.empty()) {
        event::warn(
            "JAAS file without effect",
            {{"file", *path},
             {"why",
              "no listener uses SASL with a mechanism that has a login module in its section KafkaServer, and no "
              "sasl.jaas.config of its own"}}
        );
    }
    return settings;
}

}  // namespace barnabas
