#include "log/segment_files.h"

#include <fmt/format.h>

#include <charconv>

namespace barnabas {

namespace {

constexpr std::size_t digits = 20;

}  // namespace

std::string segment_file_name(Offset base, std::string_view file_suffix) {
    return fmt::format("{:020}{}", base.value, file_suffix);
}

std::optional<Offset> parse_segment_file_name(std::string_view name, std::string_view file_suffix) {
    if (name.size() != digits + file_suffix.size() || name.substr(digits) != file_suffix) {
        return std::nullopt;
    }
    std::int64_t base = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + digits, base);
    if (error != std::errc() || end != name.data() + digits || base < 0) {
        return std::nullopt;
    }
    return Offset{base};
}

}  // namespace barnabas
