#include "node/describe_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "common/metrics.h"
#include "config/reference.h"
#include "handlers/dispatch.h"

namespace barnabas {

namespace {

constexpr std::string_view do_not_edit = "<!-- Written by `barnabas describe`; do not edit. -->\n\n";

std::string apis_page() {
    std::string page = fmt::format(
        "# APIs\n\n{}The requests that a node serves, as its ApiVersions answer tells clients. Produce is advertised "
        "from "
        "version 0, as by Apache Kafka.\n\n| key | request | versions | listeners |\n| ---: | --- | --- | --- |\n",
        do_not_edit
    );
    for (const Api& api : all_apis()) {
        const bool both = api.listeners == ServedOn::broker_and_controller;
        const std::string_view where = both                                ? "broker, controller"
                                       : api.listeners == ServedOn::broker ? "broker"
                                                                           : "controller";
        page +=
            fmt::format("| {} | {} | {}-{} | {} |\n", api.key, api.name, api.versions.first, api.versions.last, where);
    }
    return page;
}

std::string metrics_page() {
    static constexpr std::string_view kinds[] = {"counter", "gauge", "histogram"};
    std::string page = fmt::format(
        "# Metrics\n\n{}What `/metrics` shows, in Prometheus' text format. Times are seconds, sizes bytes.\n\n"
        "| name | kind | labels | meaning |\n| --- | --- | --- | --- |\n",
        do_not_edit
    );
    for (const MetricRow& row : metric_rows()) {
        page += fmt::format(
            "| {} | {} | {} | {} |\n", row.name, kinds[static_cast<std::size_t>(row.kind)], row.labels, row.help
        );
    }
    return page;
}

bool write_page(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        fmt::print(stderr, "{} cannot be written\n", path.string());
    }
    return static_cast<bool>(file);
}

}  // namespace

int run_describe(std::span<const char* const> args) {
    if (args.size() != 1 || std::string_view(args[0]).starts_with("-")) {
        fmt::print(stderr, "usage: barnabas describe DIR\n");
        return 2;
    }
    const std::filesystem::path folder = args[0];
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    bool written = write_page(folder / "apis.md", apis_page()) && write_page(folder / "metrics.md", metrics_page());
    for (const auto& page : write_reference()) {
        written = written && write_page(folder / page.file, page.text);
    }
    return written ? 0 : 1;
}

}  // namespace barnabas
