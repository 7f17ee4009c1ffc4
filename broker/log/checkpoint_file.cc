#include "log/checkpoint_file.h"

#include <fmt/format.h>

#include "common/events.h"
#include "io/whole_file.h"

namespace barnabas {

CheckpointFile::CheckpointFile(FileSystem& files, const std::string& log_dir, Kind kind)
    : files_(files), path_(fmt::format("{}/{}", log_dir, kind.name)), kind_(kind) {}

Expected<PartitionOffsets> CheckpointFile::read() const {
    const auto content = read_whole_file(files_, path_);
    if (!content) {
        return fail(ErrorCode::kafka_storage_error, content.error().text());
    }
    if (!*content) {
        return PartitionOffsets();
    }
    auto offsets = parse_partition_offsets(as_text(**content));
    if (!offsets) {
        const auto& [line, why] = offsets.error();
        event::warn(
            "checkpoint damaged", {{"file", path_}, {"line", line}, {"why", why}, {"so_this_node", kind_.when_lost}}
        );
        return PartitionOffsets();
    }
    return *std::move(offsets);
}

Expected<void> CheckpointFile::write(const PartitionOffsets& offsets) {
    if (written_ == offsets) {
        return {};
    }
    written_.reset();
    if (auto replaced = replace_file(files_, path_, as_bytes(partition_offsets_text(offsets))); !replaced) {
        return fail(ErrorCode::kafka_storage_error, replaced.error().text());
    }
    written_ = offsets;
    return {};
}

}  // namespace barnabas
