#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>

#include "model/record_batch.h"

namespace barnabas::bench {

/// What one run of the load generator does.
struct LoadOptions {
    enum class Work : std::uint8_t { produce, fetch, tail, idle, handshakes };

    Work work = Work::produce;
    std::string host;
    std::string port;
    std::string topic;
    int partitions = 1;
    double seconds = 5;
    double warm_up = 1;  ///< seconds at the beginning that are not counted
    int connections = 1;
    int threads = 2;                   ///< among which connections are dealt out
    int depth = 1;                     ///< requests in flight on a connection
    std::size_t batch_bytes = 16'384;  ///< of a produced batch; the most that one fetch asks for
    std::size_t record_bytes = 100;    ///< of a record's value
    int batches = 1;                   ///< partitions, each with a batch, in one produce request
    std::uint64_t requests = 0;        ///< counted ones that end the run before its time; 0: no bound
    double rate =
        0;  ///< MB/s of all producers, or of all readers, together, by a timetable; 0: as fast as answers come
    int readers = 0;     ///< at the tail; 0: one a partition
    int variety = 1;     ///< different batches for each partition
    int intervals = 1;   ///< runs of `seconds`, one upon the other, each counted by itself
    bool keyed = false;  ///< records have keys
    bool idempotent = false;
    std::int16_t acks = -1;
    Compression compression = Compression::none;
    std::string tls;  ///< "1.2" or "1.3"; empty: plaintext
};

/// The words after the program's name. The error says which word is wrong.
std::expected<LoadOptions, std::string> parse_options(std::span<const char* const> words);

/// What can be said on the command line.
[[nodiscard]] std::string usage();

}  // namespace barnabas::bench
