#include "log/dirty_keys.h"

#include "model/record.h"

namespace barnabas {

Expected<bool> DirtyKeys::add(const RecordBatchView& batch) {
    if (batch.is_control()) {
        if (const auto marker = fates_.marker(batch); !marker) {
            return std::unexpected(marker.error());
        }
    } else if (!fates_.is_aborted(batch)) {
        if (auto whole = add_records(batch); !whole || !*whole) {
            return whole;
        }
    }
    end_ = std::max(end_, batch.next_offset());
    return true;
}

Expected<bool> DirtyKeys::add_records(const RecordBatchView& batch) {
    bool whole = true;
    const auto read = for_each_record(batch, [&](const RecordView& record) {
        if (record.offset >= start_ && record.key) {
            whole = map_.put(*record.key, record.offset);
        }
        if (whole) {
            end_ = std::max(end_, record.offset + 1);
        }
        return whole;
    });
    return read ? Expected<bool>(whole) : std::unexpected(read.error());
}

bool DirtyKeys::newest(Offset offset, std::optional<BytesView> key) const {
    if (offset >= end_) {
        return true;
    }
    if (!key) {
        return false;
    }
    const auto known = map_.find(*key);
    return !known || offset >= *known;
}

}  // namespace barnabas
