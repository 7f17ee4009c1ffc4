#include "cli/token_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <ctime>

namespace barnabas {

namespace {

std::string table_line(const std::array<std::string, 8>& cells) {
    return fmt::format(
        "\n{:<15} {:<30} {:<15} {:<15} {:<25} {:<15} {:<15} {:<15}\n", cells[0], cells[1], cells[2], cells[3], cells[4],
        cells[5], cells[6], cells[7]
    );
}

}  // namespace

std::string token_date(std::int64_t millis) {
    const std::time_t seconds = millis / 1000;
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour,
        local.tm_min
    );
}

std::string principals_text(std::span<const std::string> principals) {
    return fmt::format("[{}]", fmt::join(principals, ", "));
}

std::string token_table(std::span<const TokenRow> rows) {
    std::string text =
        table_line({"TOKENID", "HMAC", "OWNER", "REQUESTER", "RENEWERS", "ISSUEDATE", "EXPIRYDATE", "MAXDATE"});
    for (const TokenRow& row : rows) {
        text += table_line(
            {row.id, row.hmac, row.owner, row.requester, principals_text(row.renewers), token_date(row.issued),
             token_date(row.expires), token_date(row.ends)}
        );
    }
    return text;
}

}  // namespace barnabas
