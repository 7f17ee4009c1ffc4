#include "config/reference.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/known_key.h"
#include "model/error.h"

namespace barnabas {

namespace {

constexpr std::string_view generated = "<!-- Written by `barnabas describe`; do not edit. -->\n\n";

std::string_view type_name(ConfigType type) {
    switch (type) {
        case ConfigType::boolean:
            return "boolean";
        case ConfigType::string:
            return "string";
        case ConfigType::int32:
            return "int";
        case ConfigType::int16:
            return "short";
        case ConfigType::int64:
            return "long";
        case ConfigType::float64:
            return "double";
        case ConfigType::list:
            return "list";
        case ConfigType::class_name:
            return "class";
        case ConfigType::password:
            return "password";
    }
    return "";
}

std::string_view changes_name(const Option& row) {
    switch (is_fixed_here(row.key) ? Changes::read_only : row.changes) {
        case Changes::per_broker:
            return "while running, per broker";
        case Changes::cluster_wide:
            return "while running";
        case Changes::read_only:
        case Changes::internal:
            return "at start";
    }
    return "";
}

std::string status_words(Status status) {
    switch (status.standing) {
        case Standing::honoured:
            return "honoured";
        case Standing::idle:
            return fmt::format("no effect: {}", status.reason);
        case Standing::refused:
            return fmt::format("refused: {}", status.reason);
    }
    return {};
}

template <class Settings>
std::string default_cell(const SettingRow<Settings>& row) {
    const auto text = row.text(Settings());
    return !text ? "" : text->empty() ? "(empty)" : fmt::format("`{}`", *text);
}

template <class Row>
std::vector<const Row*> sorted_by_key(std::span<const Row> rows) {
    std::vector<const Row*> sorted;
    std::ranges::for_each(rows, [&](const Row& row) { sorted.push_back(&row); });
    std::ranges::sort(sorted, {}, &Row::key);
    return sorted;
}

std::string broker_page() {
    std::string text =
        fmt::format("# Settings of a node\n\n{}Written in server.properties, or changed while running.\n\n", generated);
    text += "| setting | meaning | type | default | must be | changes | status |\n|---|---|---|---|---|---|---|\n";
    for (const auto* row : sorted_by_key(options())) {
        text += fmt::format(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n", row->key, row->help, type_name(row->type), default_cell(*row),
            row->allowed(), changes_name(*row), status_words(row->status)
        );
    }
    return text;
}

template <class Row>
std::string override_page(std::string_view title, std::span<const Row> rows) {
    std::string text = fmt::format("# {}\n\n{}", title, generated);
    text += "| setting | meaning | type | default | must be | without it | status |\n|---|---|---|---|---|---|---|\n";
    for (const auto* row : sorted_by_key(rows)) {
        text += fmt::format(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n", row->key, row->help, type_name(row->type), default_cell(*row),
            row->allowed(), row->broker_key.empty() ? "the default" : fmt::format("`{}`", row->broker_key),
            status_words(row->status)
        );
    }
    return text;
}

std::string error_page() {
    std::string text = fmt::format("# Error codes\n\n{}", generated);
    text += "| code | name | try again | meaning |\n|---|---|---|---|\n";
    for (const auto code : {
#define ERROR(name, number, retriable, text) ErrorCode::name,
#include "model/errors.def"
#undef ERROR
         }) {
        text += fmt::format(
            "| {} | `{}` | {} | {} |\n", static_cast<int>(code), name(code), retriable(code) ? "yes" : "no",
            barnabas::text(code)
        );
    }
    return text;
}

}  // namespace

std::vector<ReferencePage> write_reference() {
    return {
        {"configuration.md", broker_page()},
        {"topic-configuration.md", override_page("Settings of a topic", topic_options())},
        {"group-configuration.md", override_page("Settings of a group", group_options())},
        {"errors.md", error_page()},
    };
}

}  // namespace barnabas
