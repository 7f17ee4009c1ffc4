#include "cli/dump_indexes.h"

#include <fmt/format.h>

#include "cli/dump_batches.h"
#include "cli/tool.h"
#include "io/whole_file.h"
#include "log/offset_index.h"
#include "log/producer_snapshot.h"
#include "log/segment_files.h"
#include "log/time_index.h"
#include "log/transaction_index.h"

namespace barnabas {

namespace {

struct OffsetEntry {
    std::int64_t offset;
    std::int64_t position;
};
struct TimeEntry {
    std::int64_t timestamp;
    std::int64_t offset;
};

std::expected<Bytes, std::string> read_file(const std::string& path) {
    auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes) {
        return std::unexpected(bytes.error().text());
    }
    if (!*bytes) {
        return std::unexpected(fmt::format("there is no file {}", path));
    }
    return **std::move(bytes);
}

/// `path` with another suffix.
std::string sibling(const std::string& path, std::string_view suffix) {
    return path.substr(0, path.rfind('.')) + std::string(suffix);
}

std::expected<std::int64_t, std::string> base_offset(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string_view name = std::string_view(path).substr(slash == path.npos ? 0 : slash + 1);
    const auto number = parse_number(name.substr(0, name.find('.')));
    return number ? std::expected<std::int64_t, std::string>(*number)
                  : std::unexpected(fmt::format("{}: the name does not begin with a base offset", path));
}

/// Entries up to the first that is all zero: what a crash leaves of room that was made beforehand.
std::vector<OffsetEntry> offset_entries(BytesView bytes, std::int64_t base) {
    std::vector<OffsetEntry> entries;
    for (; bytes.size() >= OffsetIndex::entry_size; bytes = bytes.subspan(OffsetIndex::entry_size)) {
        const OffsetEntry entry{
            base + load_big_endian<std::int32_t>(bytes.data()), load_big_endian<std::int32_t>(bytes.data() + 4)
        };
        if (entry.offset == base && !entries.empty()) {
            break;
        }
        entries.push_back(entry);
    }
    return entries;
}

std::vector<TimeEntry> time_entries(BytesView bytes, std::int64_t base) {
    std::vector<TimeEntry> entries;
    for (; bytes.size() >= TimeIndex::entry_size; bytes = bytes.subspan(TimeIndex::entry_size)) {
        const TimeEntry entry{
            load_big_endian<std::int64_t>(bytes.data()), base + load_big_endian<std::int32_t>(bytes.data() + 8)
        };
        if (entry.offset == base && !entries.empty()) {
            break;
        }
        entries.push_back(entry);
    }
    return entries;
}

/// What a broker asks of an index at its start.
std::expected<void, std::string> check_sanity(
    const std::string& path, std::size_t size, std::size_t entry_size, std::int64_t base, std::int64_t last_offset
) {
    if (size % entry_size != 0) {
        return std::unexpected(fmt::format("{} has {} bytes, which is not a multiple of {}", path, size, entry_size));
    }
    if (last_offset < base) {
        return std::unexpected(
            fmt::format("{}: the last offset {} is below the base offset {}", path, last_offset, base)
        );
    }
    print(fmt::format("{} passed sanity check.\n", path));
    return {};
}

/// The first batch at or behind `position` whose last offset is at least `offset`.
std::expected<std::optional<Bytes>, std::string> find_batch(
    const File& log, std::int64_t position, std::int64_t end, std::int64_t offset
) {
    while (true) {
        auto bytes = read_batch(log, position, end);
        if (!bytes || !*bytes || RecordBatchView(**bytes).last_offset().value >= offset) {
            return bytes;
        }
        position += static_cast<std::int64_t>(RecordBatchView(**bytes).size());
    }
}

std::string section(std::string_view title, const std::string& path, const std::string& lines) {
    return lines.empty() ? "" : fmt::format("{}{}\n{}", title, path, lines);
}

struct OpenLog {
    std::unique_ptr<File> file;
    std::int64_t size;
};

std::expected<OpenLog, std::string> open_log(const std::string& path) {
    auto file = posix_file_system().open(sibling(path, suffix::log), OpenFor::read);
    if (!file) {
        return std::unexpected(file.error().text());
    }
    const auto size = (*file)->size();
    if (!size) {
        return std::unexpected(size.error().text());
    }
    return OpenLog{*std::move(file), *size};
}

/// What is wrong with one entry of a time index; the lines go under their titles.
struct TimeFaults {
    std::string wrong_time, out_of_order, not_found;
};

std::expected<void, std::string> verify_time(
    const OpenLog& log, const std::vector<OffsetEntry>& index, const TimeEntry& entry, std::int64_t previous,
    TimeFaults& faults
) {
    std::int64_t position = 0;
    for (const OffsetEntry& each : index) {
        if (each.offset <= entry.offset) {
            position = each.position;
        }
    }
    const auto bytes = find_batch(*log.file, position, log.size, entry.offset);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto last = *bytes ? RecordBatchView(**bytes).last_offset().value : -1;
    if (last != entry.offset) {
        faults.not_found += fmt::format("Indexed offset: {}, found log offset: {}\n", entry.offset, last);
        return {};
    }
    std::int64_t newest = -1;
    const auto walked = for_each_record(RecordBatchView(**bytes), [&](const RecordView& record) {
        newest = std::max<std::int64_t>(newest, record.timestamp.time_since_epoch().count());
        return true;
    });
    if (!walked) {
        return std::unexpected(walked.error().detail);
    }
    if (newest != entry.timestamp) {
        faults.wrong_time += fmt::format("Index timestamp: {}, log timestamp: {}\n", entry.timestamp, newest);
    }
    if (previous >= entry.timestamp) {
        faults.out_of_order +=
            fmt::format("Index timestamp: {}, Previously indexed timestamp: {}\n", entry.timestamp, previous);
    }
    return {};
}

}  // namespace

std::expected<void, std::string> dump_offset_index(const std::string& path, IndexCheck check, std::int64_t most_bytes) {
    const auto base = base_offset(path);
    const auto bytes = base ? read_file(path) : std::unexpected(base.error());
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto entries = offset_entries(*bytes, *base);
    if (entries.empty()) {
        print(fmt::format("{} is empty.\n", path));
        return {};
    }
    if (check == IndexCheck::sanity) {
        return check_sanity(path, bytes->size(), OffsetIndex::entry_size, *base, entries.back().offset);
    }
    const auto log = open_log(path);
    if (!log) {
        return std::unexpected(log.error());
    }
    std::string mismatches;
    for (const OffsetEntry& entry : entries) {
        const auto batch = read_batch(*log->file, entry.position, std::min(log->size, entry.position + most_bytes));
        if (!batch) {
            return std::unexpected(batch.error());
        }
        const auto last = *batch ? RecordBatchView(**batch).last_offset().value : -1;
        if (last != entry.offset) {
            mismatches += fmt::format("  Index offset: {}, log offset: {}\n", entry.offset, last);
        }
        if (check == IndexCheck::print) {
            print(fmt::format("offset: {} position: {}\n", entry.offset, entry.position));
        }
    }
    if (!mismatches.empty()) {
        complain(section("Mismatches in :", path, mismatches));
    }
    return {};
}

std::expected<void, std::string> dump_time_index(const std::string& path, IndexCheck check) {
    const auto base = base_offset(path);
    const auto bytes = base ? read_file(path) : std::unexpected(base.error());
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto entries = time_entries(*bytes, *base);
    if (check == IndexCheck::sanity) {
        const std::int64_t last = entries.empty() ? *base : entries.back().offset;
        return check_sanity(path, bytes->size(), TimeIndex::entry_size, *base, last);
    }
    const auto log = open_log(path);
    const auto offsets = log ? read_file(sibling(path, suffix::offset_index)) : std::unexpected(log.error());
    if (!offsets) {
        return std::unexpected(offsets.error());
    }
    const auto index = offset_entries(*offsets, *base);
    TimeFaults faults;
    std::int64_t previous = -1;
    for (const TimeEntry& entry : entries) {
        if (auto verified = verify_time(*log, index, entry, previous, faults); !verified) {
            return verified;
        }
        if (check == IndexCheck::print) {
            print(fmt::format("timestamp: {} offset: {}\n", entry.timestamp, entry.offset));
        }
        previous = entry.timestamp;
    }
    const std::string text = section("Found timestamp mismatch in :", path, faults.wrong_time) +
                             section("Found out of order timestamp in :", path, faults.out_of_order) +
                             section("The following indexed offsets are not found in the log ", path, faults.not_found);
    if (!text.empty()) {
        complain(text);
    }
    return {};
}

std::expected<void, std::string> dump_transaction_index(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto transactions = parse_aborted_transactions(*bytes);
    if (!transactions) {
        return std::unexpected(transactions.error().detail);
    }
    for (const AbortedTransaction& each : *transactions) {
        print(fmt::format(
            "version: 0 producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}\n", each.producer.value,
            each.first_offset.value, each.last_offset.value, each.last_stable_offset.value
        ));
    }
    return {};
}

std::expected<void, std::string> dump_producer_snapshot(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto producers = parse_producer_snapshot(*bytes);
    if (!producers) {
        complain(fmt::format("{}: {}", path, producers.error().detail));
        return {};
    }
    for (const ProducerEntry& each : *producers) {
        print(fmt::format(
            "producerId: {} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {} lastTimestamp: {} ",
            each.producer.value, each.epoch.value, each.coordinator_epoch,
            each.transaction_first_offset ? fmt::format("OptionalLong[{}]", each.transaction_first_offset->value)
                                          : "OptionalLong.empty",
            each.last_timestamp.time_since_epoch().count()
        ));
        if (!each.batches.empty()) {
            const ProducerBatch& batch = each.batches.back();
            print(fmt::format(
                "firstSequence: {} lastSequence: {} lastOffset: {} offsetDelta: {} timestamp: {}",
                batch.first_sequence(), batch.last_sequence, batch.last_offset.value, batch.offset_delta,
                batch.timestamp.time_since_epoch().count()
            ));
        }
        print("\n");
    }
    return {};
}

}  // namespace barnabas
