#include "common/check.h"
#include "log/partition_dir.h"

/// Any name is read or refused; what is read as a current folder has that very name, leading zeros aside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    if (const auto dir = PartitionDir::parse({reinterpret_cast<const char*>(data), size})) {
        const std::string name = PartitionDir::name(dir->partition, PartitionDir::Kind::current);
        CHECK(PartitionDir::parse(name)->partition == dir->partition || dir->kind != PartitionDir::Kind::current);
    }
    return 0;
}
