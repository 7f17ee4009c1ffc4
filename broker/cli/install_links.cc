#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

#include "cli/tool.h"

namespace barnabas {

namespace install_links_command {

constexpr std::array linked{"topics",      "configs",        "console-producer",  "console-consumer", "consumer-groups",
                            "get-offsets", "delete-records", "log-dirs",          "dump-log",         "metadata-quorum",
                            "features",    "acls",           "delegation-tokens", "storage"};

int run(const Arguments& arguments) {
    if (arguments.words().size() != 1) {
        return complain("One folder is wanted: barnabas install-links DIR");
    }
    char program[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", program, sizeof program);
    if (size <= 0) {
        return complain(fmt::format("cannot find this program's own path: {}", std::strerror(errno)));
    }
    const std::string target(program, static_cast<std::size_t>(size));
    for (const char* name : linked) {
        const std::string link = fmt::format("{}/kafka-{}.sh", arguments.words().front(), name);
        if (unlink(link.c_str()) != 0 && errno != ENOENT) {
            return complain(fmt::format("cannot replace {}: {}", link, std::strerror(errno)));
        }
        if (symlink(target.c_str(), link.c_str()) != 0) {
            return complain(fmt::format("cannot make {}: {}", link, std::strerror(errno)));
        }
        print(link + '\n');
    }
    return 0;
}

}  // namespace install_links_command

const Tool install_links_tool{
    {.tool = "install-links",
     .purpose =
         "Make links kafka-topics.sh, kafka-configs.sh and so on in a folder; called by them, Barnabas behaves as "
         "those.",
     .flags = {},
     .free_words = true},
    install_links_command::run,
    false
};

}  // namespace barnabas
