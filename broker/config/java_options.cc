#include "config/java_options.h"

#include <algorithm>
#include <cstdlib>

namespace barnabas {

std::optional<std::string> java_property(std::string_view options, std::string_view name) {
    constexpr std::string_view blanks = " \t\r\n";
    std::optional<std::string> found;
    while (!options.empty()) {
        std::string_view word = options.substr(0, options.find_first_of(blanks));
        options.remove_prefix(std::min(options.size(), word.size() + 1));
        if (!word.starts_with("-D")) {
            continue;
        }
        word.remove_prefix(2);
        if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) {
            found = word.substr(name.size() + 1);
        }
    }
    return found;
}

std::optional<std::string> environment_java_property(std::string_view name) {
    const char* options = std::getenv("KAFKA_OPTS");
    return options != nullptr ? java_property(options, name) : std::nullopt;
}

}  // namespace barnabas
