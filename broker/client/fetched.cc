#include "client/fetched.h"

#include <fmt/format.h>

#include <algorithm>

namespace barnabas {

namespace {

constexpr std::int16_t abort_marker = 0;

/// Which producers are within an aborted transaction as the batches go by.
class AbortedProducers {
public:
    explicit AbortedProducers(const std::vector<FetchResponseAbortedTransaction>* transactions) {
        if (transactions != nullptr) {
            waiting_ = *transactions;
            std::ranges::sort(waiting_, {}, &FetchResponseAbortedTransaction::first_offset);
        }
    }

    void reach(RecordBatchView batch) {
        while (next_ < waiting_.size() && waiting_[next_].first_offset <= batch.last_offset().value) {
            aborted_.insert(waiting_[next_++].producer_id);
        }
    }
    [[nodiscard]] bool covers(RecordBatchView batch) const {
        return batch.is_transactional() && aborted_.contains(batch.producer_id().value);
    }
    void end(RecordBatchView marker) {
        (void)for_each_record(marker, [&](const RecordView& record) {
            if (record.key && record.key->size() >= 4 &&
                load_big_endian<std::int16_t>(record.key->data() + 2) == abort_marker) {
                aborted_.erase(marker.producer_id().value);
            }
            return false;
        });
    }

private:
    std::vector<FetchResponseAbortedTransaction> waiting_;
    std::size_t next_ = 0;
    std::set<std::int64_t> aborted_;
};

struct Held {
    std::shared_ptr<const Reply<FetchResponse>> reply;
    std::deque<RecordReader> readers;
};

Expected<void> append(FetchedRecords& out, Held& held, RecordBatchView batch, Offset from) {
    auto opened = RecordReader::open(batch);
    if (!opened) {
        return std::unexpected(std::move(opened).error());
    }
    RecordReader& reader = held.readers.emplace_back(*std::move(opened));
    while (true) {
        const auto record = reader.next();
        if (!record) {
            return std::unexpected(record.error());
        }
        if (!*record) {
            return {};
        }
        if ((*record)->offset >= from) {
            out.records.push_back({**record, batch.timestamp_type(), batch.leader_epoch()});
        }
    }
}

}  // namespace

Expected<FetchedRecords> read_fetched(
    TopicPartition partition, std::shared_ptr<const Reply<FetchResponse>> reply, BytesView bytes, Offset from,
    const std::vector<FetchResponseAbortedTransaction>* aborted
) {
    FetchedRecords out{std::move(partition), {}, from, nullptr};
    const auto held = std::make_shared<Held>(std::move(reply));
    AbortedProducers producers(aborted);
    const auto damaged = [&](RecordBatchView batch, const std::string& why) {
        return fail(
            ErrorCode::corrupt_message,
            fmt::format("{} at offset {}: {}", out.partition.text(), batch.base_offset().value, why)
        );
    };
    while (bytes.size() >= batch_layout::records) {
        const auto batch = RecordBatchView::parse(bytes);
        if (!batch) {
            const auto claimed = load_big_endian<std::int32_t>(bytes.data() + batch_layout::batch_length);
            if (claimed > 0 && static_cast<std::size_t>(claimed) + batch_layout::overhead > bytes.size()) {
                break;
            }
            return std::unexpected(batch.error());
        }
        bytes = bytes.subspan(batch->size());
        if (batch->next_offset() <= from) {
            continue;
        }
        if (!batch->crc_matches()) {
            return damaged(*batch, "the checksum does not match");
        }
        producers.reach(*batch);
        if (batch->is_control()) {
            producers.end(*batch);
        } else if (!producers.covers(*batch)) {
            if (auto appended = append(out, *held, *batch, from); !appended) {
                return damaged(*batch, appended.error().detail);
            }
        }
        out.next = batch->next_offset();
    }
    out.held = held;
    return out;
}

}  // namespace barnabas
