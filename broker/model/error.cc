#include "model/error.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace barnabas {

namespace {

struct Row {
    ErrorCode code;
    std::string_view name;
    bool retriable;
    std::string_view text;
};

constexpr auto rows = std::to_array<Row>({
#define ERROR(name, code, retriable, text) {ErrorCode::name, #name, retriable, text},
#include "model/errors.def"
#undef ERROR
});

const Row& row(ErrorCode code) {
    const auto found = std::ranges::lower_bound(rows, code, {}, &Row::code);
    return found != rows.end() && found->code == code ? *found : rows.front();
}

static_assert(std::ranges::is_sorted(rows, {}, &Row::code));

}  // namespace

std::string_view name(ErrorCode code) {
    static const auto names = [] {
        std::array<std::string, rows.size()> upper;
        std::ranges::transform(rows, upper.begin(), [](const Row& each) {
            std::string text(each.name);
            std::ranges::transform(text, text.begin(), [](unsigned char c) {
                return static_cast<char>(std::toupper(c));
            });
            return text;
        });
        return upper;
    }();
    return names[static_cast<std::size_t>(&row(code) - rows.data())];
}

std::string_view text(ErrorCode code) {
    return row(code).text;
}

bool retriable(ErrorCode code) {
    return row(code).retriable;
}

}  // namespace barnabas
