#include "node/settings_file.h"

#include <fmt/format.h>

#include "config/properties.h"
#include "io/whole_file.h"

namespace barnabas {

std::expected<NodeSettings, std::string> settings_in_file(const std::string& path) {
    const auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes || !*bytes) {
        return std::unexpected(bytes ? fmt::format("there is no file {}", path) : bytes.error().text());
    }
    const auto properties = parse_properties(as_text(**bytes));
    if (!properties) {
        return std::unexpected(fmt::format("{}: {}", path, properties.error()));
    }
    auto settings = read_node_settings(*properties);
    if (!settings) {
        return std::unexpected(fmt::format("{}", fmt::join(settings.error(), "\n")));
    }
    return *std::move(settings);
}

}  // namespace barnabas
