#include <fmt/format.h>
#include <re2/re2.h>

#include "cli/group_reset.h"

namespace barnabas {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    static const re2::RE2 pattern(
        "(?i)([-+]?)P(?:([-+]?[0-9]+)D)?(?:T(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+)(?:[.,]([0-9]{0,9}))?"
        "S)?)?"
    );
    std::string sign, days, hours, minutes, seconds, fraction;
    const re2::StringPiece input(text.data(), text.size());
    if (!re2::RE2::FullMatch(input, pattern, &sign, &days, &hours, &minutes, &seconds, &fraction) ||
        (days + hours + minutes + seconds).empty()) {
        return std::nullopt;
    }
    const auto number = [](const std::string& digits) { return parse_number(digits).value_or(0); };
    fraction.resize(3, '0');
    const std::int64_t part = seconds.starts_with('-') ? -number(fraction) : number(fraction);
    const std::chrono::milliseconds sum = std::chrono::days(number(days)) + std::chrono::hours(number(hours)) +
                                          std::chrono::minutes(number(minutes)) +
                                          std::chrono::seconds(number(seconds)) + std::chrono::milliseconds(part);
    return sign == "-" ? -sum : sum;
}

std::optional<Timestamp> parse_datetime(std::string_view text) {
    static const re2::RE2 pattern(
        "([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\\.([0-9]{3})(?:Z|([-+])([0-9]{2}):?([0-9]{2}"
        ")?)?"
    );
    int year, month, day, hour, minute, second, fraction;
    std::string sign, zone_hours, zone_minutes;
    const re2::StringPiece input(text.data(), text.size());
    if (!re2::RE2::FullMatch(
            input, pattern, &year, &month, &day, &hour, &minute, &second, &fraction, &sign, &zone_hours, &zone_minutes
        )) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))
    };
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
        return std::nullopt;
    }
    const auto zone = std::chrono::hours(parse_number(zone_hours).value_or(0)) +
                      std::chrono::minutes(parse_number(zone_minutes).value_or(0));
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + std::chrono::milliseconds(fraction) - (sign == "-" ? -zone : zone);
}

std::expected<std::map<std::string, NewOffsets>, std::string> parse_reset_csv(
    std::string_view text, const std::vector<std::string>& groups
) {
    std::map<std::string, NewOffsets> plan;
    for (const std::string& line : split(text, '\n')) {
        std::vector<std::string> cells = split(line, ',');
        if (cells.size() == 3 && groups.size() == 1) {
            cells.insert(cells.begin(), groups.front());
        }
        const auto partition = cells.size() == 4 ? parse_number(cells[2]) : std::nullopt;
        const auto offset = cells.size() == 4 ? parse_number(cells[3]) : std::nullopt;
        if (!partition || !offset) {
            return std::unexpected(
                fmt::format("'{}' is not a line TOPIC,PARTITION,OFFSET or GROUP,TOPIC,PARTITION,OFFSET", line)
            );
        }
        plan[cells[0]].emplace_back(TopicPartition{cells[1], {static_cast<std::int32_t>(*partition)}}, Offset{*offset});
    }
    return plan;
}

}  // namespace barnabas
