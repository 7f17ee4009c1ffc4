#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "cli/tool.h"
#include "protocol/vectors.h"

namespace barnabas {

namespace vectors_command {

int run(const Arguments& arguments) {
    if (arguments.words().size() != 1) {
        return complain("One file of encodings is wanted: barnabas vectors FILE");
    }
    const std::string& path = arguments.words().front();
    std::ifstream file(path);
    if (!file) {
        return complain(fmt::format("cannot read {}", path));
    }
    const VectorCount count = check_vectors(file, std::cout);
    std::cout << fmt::format("{} passed, {} failed", count.passed, count.failed) << std::endl;
    return count.failed == 0 ? 0 : 1;
}

}  // namespace vectors_command

const Tool vectors_tool{
    {.tool = "vectors",
     .purpose = "Hold the codec of Kafka's messages against a file of encodings, one JSON object a line.",
     .flags = {},
     .free_words = true},
    vectors_command::run,
    false
};

}  // namespace barnabas
