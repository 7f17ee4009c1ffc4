#include "node/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace barnabas {

namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double resident_bytes() {
    std::ifstream pages("/proc/self/statm");
    double all = 0, resident = 0;
    pages >> all >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_files() {
    std::error_code error;
    double count = 0;
    for (std::filesystem::directory_iterator file("/proc/self/fd", error), end; !error && file != end; ++count) {
        file.increment(error);
    }
    return count;
}

double most_files() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

}  // namespace

Metrics::Registration report_process(Metrics& metrics) {
    const double start = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    return metrics.sample([start](Samples& samples) {
        samples.add(Metric::build, {BARNABAS_VERSION}, 1);
        samples.add(Metric::process_start, {}, start);
        samples.add(Metric::process_cpu, {}, cpu_seconds());
        samples.add(Metric::process_memory, {}, resident_bytes());
        samples.add(Metric::process_files, {}, open_files());
        samples.add(Metric::process_most_files, {}, most_files());
    });
}

}  // namespace barnabas
