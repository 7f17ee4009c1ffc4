#include "cli/main_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace barnabas {

namespace {

const std::array tools{
    &topics_tool,
    &configs_tool,
    &console_producer_tool,
    &console_consumer_tool,
    &consumer_groups_tool,
    &get_offsets_tool,
    &delete_records_tool,
    &log_dirs_tool,
    &dump_log_tool,
    &metadata_quorum_tool,
    &features_tool,
    &vectors_tool,
    &install_links_tool,
    &certs_tool,
    &doctor_tool,
    &acls_tool,
    &delegation_tokens_tool,
};

using Tools = std::vector<const Tool*>;

const Tool* find_tool(const Tools& among, std::string_view name) {
    const auto found = std::ranges::find(among, name, [](const Tool* tool) { return tool->usage.tool; });
    return found != among.end() ? *found : nullptr;
}

/// "kafka-topics.sh" -> "topics"; nothing for another name. Links carry Apache's names.
std::string_view tool_of_link(std::string_view path) {
    std::string_view name = path.substr(path.rfind('/') + 1);
    if (!name.starts_with("kafka-")) {
        return {};
    }
    name.remove_prefix(6);
    if (name.ends_with(".sh")) {
        name.remove_suffix(3);
    }
    return name;
}

std::string overview(const Tools& all) {
    std::string text =
        "Usage: barnabas start [OPTION]...     run a node\n       barnabas COMMAND [OPTION]...   one of:\n\n";
    for (const Tool* tool : all) {
        text += fmt::format("  {:18} {}\n", tool->usage.tool, tool->usage.purpose);
    }
    return text + "\n`barnabas COMMAND --help` tells the options of a command.\n";
}

int run_tool(const Tool& tool, std::span<const char* const> words) {
    const auto arguments = Arguments::parse(tool.usage, words);
    if (!arguments) {
        fmt::print(stderr, "{}\n`barnabas {} --help` tells the options.\n", arguments.error(), tool.usage.tool);
        return 1;
    }
    if (arguments->wants_help()) {
        const std::string text = help_text(tool.usage);
        std::fwrite(text.data(), 1, text.size(), tool.help_fails ? stderr : stdout);
        return tool.help_fails ? 1 : 0;
    }
    if (arguments->wants_version()) {
        print("Barnabas " BARNABAS_VERSION " (stands in for Apache Kafka 4.3.1)\n");
        return 0;
    }
    print(deprecations(tool.usage, *arguments));
    const int exit_code = tool.run(*arguments);
    if (std::fflush(stdout) != 0) {
        return 1;
    }
    return exit_code;
}

}  // namespace

int complain(std::string_view what) {
    std::fflush(stdout);
    fmt::print(stderr, "{}\n", what);
    return 1;
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

bool is_link(std::string_view program) {
    return !tool_of_link(program).empty();
}

int run_command(std::span<const char* const> args, std::span<const Tool* const> more) {
    Tools all(tools.begin(), tools.end());
    all.insert(all.end(), more.begin(), more.end());
    if (args.empty()) {
        return complain(overview(all));
    }
    if (const auto linked = tool_of_link(args[0]); !linked.empty()) {
        const Tool* tool = find_tool(all, linked);
        return tool != nullptr ? run_tool(*tool, args.subspan(1))
                               : complain(fmt::format("{}: Barnabas has no command '{}'", args[0], linked));
    }
    if (args.size() < 2) {
        return complain(overview(all));
    }
    const std::string_view word = args[1];
    if (word == "help" || word == "--help" || word == "-h") {
        print(overview(all));
        return 0;
    }
    if (word == "version" || word == "--version") {
        print("Barnabas " BARNABAS_VERSION " (stands in for Apache Kafka 4.3.1)\n");
        return 0;
    }
    const Tool* tool = find_tool(all, word);
    return tool != nullptr ? run_tool(*tool, args.subspan(2))
                           : complain(fmt::format("There is no command '{}'.\n\n{}", word, overview(all)));
}

}  // namespace barnabas
