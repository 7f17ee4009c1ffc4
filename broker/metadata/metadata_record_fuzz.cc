#include "common/check.h"
#include "metadata/metadata_record.h"

/// Whatever decodes is encoded again to something that decodes to the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace barnabas;
    const auto record = decode_metadata_record(std::as_bytes(std::span(data, size)));
    if (record) {
        const Bytes written = encode_metadata_record(*record);
        const auto again = decode_metadata_record(written);
        CHECK(again);
        CHECK(encode_metadata_record(*again) == written);  // not the values: a NaN is not equal to itself
    }
    return 0;
}
