#include <array>
#include <span>
#include <string_view>

#include "cli/main_command.h"
#include "node/describe_command.h"
#include "node/start_command.h"
#include "node/storage_tool.h"

int main(int argc, char** argv) {
    const std::span<const char* const> args(argv, static_cast<std::size_t>(argc));
    if (args.size() >= 2 && !barnabas::is_link(args[0])) {  // `kafka-features.sh describe` is another thing
        if (std::string_view(args[1]) == "start") {
            return barnabas::run_start(args.subspan(2));
        }
        if (std::string_view(args[1]) == "describe") {
            return barnabas::run_describe(args.subspan(2));
        }
    }
    return barnabas::run_command(args, std::array{&barnabas::format_tool, &barnabas::storage_tool});
}
