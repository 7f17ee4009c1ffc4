#include "raft/log_damage.h"

#include <fmt/format.h>

#include "log/batch_scanner.h"
#include "log/segment_files.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

/// A log file up to where its batches can be read.
struct Readable {
    std::unique_ptr<File> file;
    std::int64_t size = 0;
    std::int64_t readable = 0;
    std::string problem;
    Offset next = no_offset;  ///< behind the last batch
};

Expected<Readable> read_through(FileSystem& files, const std::string& path, Offset base) {
    auto file = files.open(path, OpenFor::read);
    const auto size = file ? (*file)->size() : std::unexpected(file.error());
    if (!size) {
        return storage_failure(size.error());
    }
    Readable log{*std::move(file), *size, 0, {}, base};
    BatchScanner scanner(*log.file, 0, log.size);
    while (log.readable < log.size) {
        const auto batch = scanner.next();
        if (!batch && batch.error().code == ErrorCode::kafka_storage_error) {
            return std::unexpected(batch.error());
        }
        if (!batch || !(*batch)->crc_matches()) {
            log.problem = batch ? "a batch does not match its checksum" : batch.error().detail;
            break;
        }
        log.next = (*batch)->next_offset();
        log.readable = scanner.position();
    }
    return log;
}

/// Whether a whole batch begins anywhere behind the first byte that does not read.
Expected<bool> whole_batch_behind(const Readable& log) {
    HeaderScanner headers(*log.file, log.size);
    for (std::int64_t at = log.readable + 1; at < log.size; ++at) {
        const auto header = headers.at(at);
        if (!header && header.error().code == ErrorCode::kafka_storage_error) {
            return std::unexpected(header.error());
        }
        if (!header || header->base_offset() < log.next) {
            continue;
        }
        BatchScanner scanner(*log.file, at, at + static_cast<std::int64_t>(header->size()));
        const auto batch = scanner.next();
        if (batch && *batch && (*batch)->crc_matches()) {
            return true;
        }
    }
    return false;
}

Expected<void> damaged(const std::string& path, const Readable& log) {
    return fail(
        ErrorCode::corrupt_message,
        fmt::format(
            "{} is damaged at byte {}, and there is more behind that: {}; restore the file from a copy, or give up all "
            "metadata from there on, topics too: truncate -s {} {}, and remove the .log files behind it",
            path, log.readable, log.problem, log.readable, path
        )
    );
}

}  // namespace

Expected<void> find_log_damage(FileSystem& files, const std::string& folder) {
    const auto names = files.list(folder);
    if (!names) {
        return storage_failure(names.error());
    }
    std::string path;
    Readable log;
    for (const std::string& name : *names) {
        const auto base = parse_segment_file_name(name, suffix::log);
        if (!base) {
            continue;
        }
        if (!log.problem.empty()) {
            return damaged(path, log);
        }
        if (log.file && log.next != *base) {
            return fail(
                ErrorCode::corrupt_message,
                fmt::format(
                    "{}: offsets {} to {} of the metadata are missing before {}; restore the file from a copy", folder,
                    log.next.value, base->value - 1, name
                )
            );
        }
        path = fmt::format("{}/{}", folder, name);
        auto read = read_through(files, path, *base);
        if (!read) {
            return std::unexpected(std::move(read).error());
        }
        log = *std::move(read);
    }
    const auto more = log.problem.empty() ? Expected<bool>(false) : whole_batch_behind(log);
    if (!more) {
        return std::unexpected(more.error());
    }
    return *more ? damaged(path, log) : Expected<void>();
}

}  // namespace barnabas
