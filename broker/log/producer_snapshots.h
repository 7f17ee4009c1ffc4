#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>

#include "log/producer_state.h"
#include "log/segment.h"

namespace barnabas {

/// Segments by base offset. Published whole: a change makes a new map.
using SegmentMap = std::map<Offset, std::shared_ptr<Segment>>;

/// The `.snapshot` files of one partition: what was known of its producers at some offsets, so that not the whole log
/// need be read to know it again. Guarded by the partition's mutex.
class ProducerSnapshots {
public:
    /// `names`: of all files in the partition's folder.
    ProducerSnapshots(FileSystem& files, std::string directory, std::span<const std::string> names);

    [[nodiscard]] bool empty() const { return offsets_.empty(); }
    [[nodiscard]] const std::vector<Offset>& offsets() const { return offsets_; }

    /// Writes the state as of its end, unless that snapshot is there already.
    Expected<void> write(const ProducerState& state, bool sync);

    Expected<void> remove_if(const std::function<bool(Offset)>& chosen);

    /// The path of the snapshot, if there is one, which from now on is the caller's to remove.
    [[nodiscard]] std::optional<std::string> forget(Offset offset);

    /// Brings `state` to `end`: from the latest good snapshot that is not above, through the batches behind it.
    /// Snapshots that do not read are removed.
    Expected<void> rebuild(
        ProducerState& state, const SegmentMap& segments, Offset log_start, Offset end, Timestamp now
    );

    void moved_to(const std::string& directory) { directory_ = directory; }

private:
    [[nodiscard]] std::string path(Offset offset) const;
    Expected<void> load_latest(ProducerState& state, Offset log_start, Offset end, Timestamp now);

    FileSystem* files_;
    std::string directory_;
    std::vector<Offset> offsets_;  ///< sorted
};

/// Takes a replicated batch into account: of recovery and of followers.
Expected<ProducerState::Update> replay(ProducerState& state, RecordBatchView batch);

}  // namespace barnabas
