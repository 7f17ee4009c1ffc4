// A segment whose log and index files hold anything: it is refused, mended or read, and never read past its bytes.

#include <stdlib.h>

#include <algorithm>

#include "common/check.h"
#include "io/whole_file.h"
#include "log/segment.h"

namespace {

using namespace barnabas;

struct Folder {
    Folder() {
        std::string name = "/tmp/segment-fuzz-XXXXXX";
        path = ::mkdtemp(name.data());
    }
    ~Folder() { (void)posix_file_system().remove_tree(path); }
    std::string path;
};

void put(const std::string& path, BytesView bytes) {
    const auto file = posix_file_system().open(path, OpenFor::write);
    CHECK(file && (*file)->truncate(0) && (*file)->write_at(0, bytes));
}

void look_up(const Segment& segment) {
    for (const std::int64_t offset : {0, 1, 5, 1 << 30}) {
        const auto place = segment.find({offset});
        if (place && *place) {
            (void)segment.slice((*place)->position, segment.size(), 100, true);
        }
    }
    (void)segment.find_timestamp(Timestamp(std::chrono::milliseconds(1000)), {0});
    (void)segment.find_largest_timestamp();
    (void)segment.next_offset();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    if (size < 2) {
        return 0;
    }
    const BytesView bytes = std::as_bytes(std::span(data + 2, size - 2));
    const BytesView indexes = bytes.first(std::min<std::size_t>(data[0], bytes.size()));
    const std::string name = folder.path + "/00000000000000000000";
    put(name + ".log", bytes.subspan(indexes.size()));
    put(name + ".index", indexes.first(std::min<std::size_t>(data[1], indexes.size())));
    put(name + ".timeindex", indexes.subspan(std::min<std::size_t>(data[1], indexes.size())));
    const auto segment = Segment::open(posix_file_system(), folder.path, {0}, {});
    CHECK(segment);
    (void)(*segment)->sanity();
    look_up(**segment);
    CHECK((*segment)->recover([](RecordBatchView) -> Expected<bool> { return true; }));
    CHECK((*segment)->sanity() && !*(*segment)->sanity());
    look_up(**segment);
    return 0;
}
