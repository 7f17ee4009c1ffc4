#include "common/check.h"

#include <cstdio>
#include <cstdlib>

namespace barnabas {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
    std::abort();
}

}  // namespace barnabas
