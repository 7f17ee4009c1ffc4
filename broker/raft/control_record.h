#pragma once

#include <optional>
#include <vector>

#include "model/record_batch_builder.h"
#include "protocol/client_data.h"

namespace barnabas {

/// What a control record of the metadata log or of a snapshot is, as its key says. 0 and 1 are transaction markers.
enum class ControlType : std::int16_t {
    leader_change = 2,
    snapshot_header = 3,
    snapshot_footer = 4,
    kraft_version = 5,
    voters = 6,
};

struct ControlRecord {
    ControlType type;
    Bytes value;

    static ControlRecord of(const LeaderChangeMessage& record);
    static ControlRecord of(const SnapshotHeaderRecord& record);
    static ControlRecord of(const SnapshotFooterRecord& record);
    static ControlRecord of(const KRaftVersionRecord& record);
    static ControlRecord of(const VotersRecord& record);
};

void append_control(RecordBatchBuilder& builder, Timestamp timestamp, const ControlRecord& record);

/// A control record as read. The value is a view.
struct ControlRecordView {
    Offset offset;
    ControlType type;  ///< may be one that has no name here: such records are passed over
    BytesView value;

    /// Errors: corrupt_message.
    template <Message M>
    [[nodiscard]] Expected<M> as() const {
        auto message = decode<M>(value, 0);
        if (!message) {
            return fail(ErrorCode::corrupt_message, message.error().detail);
        }
        return message;
    }
};

/// The records of a control batch, views into it. Errors: corrupt_message.
Expected<std::vector<ControlRecordView>> control_records(RecordBatchView batch);

}  // namespace barnabas
