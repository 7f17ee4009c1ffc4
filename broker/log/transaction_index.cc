#include "log/transaction_index.h"

#include <fmt/format.h>

#include "common/big_endian.h"
#include "io/whole_file.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

constexpr std::int16_t transaction_index_version = 0;

Bytes encode(const std::vector<AbortedTransaction>& transactions) {
    Bytes bytes(transactions.size() * TransactionIndex::entry_size);
    std::byte* at = bytes.data();
    for (const AbortedTransaction& each : transactions) {
        store_big_endian(at, transaction_index_version);
        store_big_endian(at + 2, each.producer.value);
        store_big_endian(at + 10, each.first_offset.value);
        store_big_endian(at + 18, each.last_offset.value);
        store_big_endian(at + 26, each.last_stable_offset.value);
        at += TransactionIndex::entry_size;
    }
    return bytes;
}

AbortedTransaction decode_aborted(const std::byte* at) {
    return {
        {load_big_endian<std::int64_t>(at + 2)},
        {load_big_endian<std::int64_t>(at + 10)},
        {load_big_endian<std::int64_t>(at + 18)},
        {load_big_endian<std::int64_t>(at + 26)}
    };
}

}  // namespace

Expected<std::vector<AbortedTransaction>> parse_aborted_transactions(BytesView bytes) {
    if (bytes.size() % TransactionIndex::entry_size != 0) {
        return fail(ErrorCode::corrupt_message, "the last aborted transaction is cut off");
    }
    std::vector<AbortedTransaction> transactions;
    for (; !bytes.empty(); bytes = bytes.subspan(TransactionIndex::entry_size)) {
        if (const auto version = load_big_endian<std::int16_t>(bytes.data()); version != transaction_index_version) {
            return fail(ErrorCode::corrupt_message, fmt::format("aborted transaction of unknown version {}", version));
        }
        const AbortedTransaction each = decode_aborted(bytes.data());
        if (each.first_offset.value < 0 || each.last_offset < each.first_offset) {
            return fail(
                ErrorCode::corrupt_message,
                fmt::format("aborted transaction from {} to {}", each.first_offset.value, each.last_offset.value)
            );
        }
        transactions.push_back(each);
    }
    return transactions;
}

IoResult<std::unique_ptr<TransactionIndex>> TransactionIndex::open(
    FileSystem& files, std::string path, Presence presence
) {
    std::unique_ptr<TransactionIndex> index(new TransactionIndex(files, std::move(path)));
    if (presence == Presence::unknown) {
        const auto status = files.status(index->path_);
        if (!status) {
            return std::unexpected(status.error());
        }
        index->exists_ = status->has_value();
    }
    return index;
}

Expected<void> TransactionIndex::append(const AbortedTransaction& transaction) {
    const auto file = files_.open(path(), OpenFor::write);
    if (!file) {
        return storage_failure(file.error());
    }
    const auto size = (*file)->size();
    if (!size) {
        return storage_failure(size.error());
    }
    exists_ = true;
    const auto wrote = (*file)->write_at(*size, encode({transaction}));
    return wrote ? Expected<void>() : storage_failure(wrote.error());
}

Expected<std::vector<AbortedTransaction>> TransactionIndex::read() const {
    if (!exists_) {
        return std::vector<AbortedTransaction>();
    }
    const auto bytes = read_whole_file(files_, path());
    if (!bytes) {
        return storage_failure(bytes.error());
    }
    return *bytes ? parse_aborted_transactions(**bytes) : std::vector<AbortedTransaction>();
}

Expected<void> TransactionIndex::truncate_to(Offset offset) {
    auto transactions = read();
    if (!transactions) {
        return std::unexpected(transactions.error());
    }
    const auto dropped =
        std::erase_if(*transactions, [&](const AbortedTransaction& each) { return each.last_offset >= offset; });
    if (dropped == 0) {
        return {};
    }
    const auto wrote = replace_file(files_, path(), encode(*transactions));
    return wrote ? Expected<void>() : storage_failure(wrote.error());
}

Expected<void> TransactionIndex::clear() {
    exists_ = false;
    const auto removed = files_.remove(path());
    return removed ? Expected<void>() : storage_failure(removed.error());
}

Expected<void> TransactionIndex::flush() {
    if (!exists_) {
        return {};
    }
    const auto file = files_.open(path(), OpenFor::write);
    const auto synced = file ? (*file)->sync() : std::unexpected(file.error());
    return synced ? Expected<void>() : storage_failure(synced.error());
}

IoResult<void> TransactionIndex::rename(const std::string& to) {
    const std::scoped_lock lock(mutex_);
    const auto status = files_.status(path_);
    if (!status) {
        return std::unexpected(status.error());
    }
    if (*status) {
        if (auto renamed = files_.rename(path_, to); !renamed) {
            return renamed;
        }
    }
    path_ = to;
    return {};
}

void TransactionIndex::moved_to(const std::string& to) {
    const std::scoped_lock lock(mutex_);
    path_ = to;
}

std::string TransactionIndex::path() const {
    const std::scoped_lock lock(mutex_);
    return path_;
}

}  // namespace barnabas
