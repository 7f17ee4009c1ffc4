#include "common/check.h"
#include "log/transaction_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const auto transactions = parse_aborted_transactions(std::as_bytes(std::span(data, size)));
    CHECK(!transactions || transactions->size() * TransactionIndex::entry_size == size);
    return 0;
}
