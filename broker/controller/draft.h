#pragma once

#include "common/check.h"
#include "metadata/metadata_image.h"

namespace barnabas {

/// A decision in the making: records, and the image as it will be with them, so that a later part of a decision sees
/// what an earlier one did. The image it began from is not touched.
class Draft {
public:
    explicit Draft(const MetadataImage& image) : image_(image) {}

    [[nodiscard]] const MetadataImage& image() const { return image_; }
    [[nodiscard]] MetadataVersion metadata_version() const { return image_.features.metadata_version(); }
    [[nodiscard]] std::size_t size() const { return records_.size(); }

    void append(MetadataMessage message, std::int16_t version = 0) { append({std::move(message), version}); }
    void append(MetadataRecord record) {
        CHECK(image_.apply(record));
        records_.push_back(std::move(record));
    }
    /// Appends what `other` decided, which was begun from this image.
    void merge(Draft other) {
        for (MetadataRecord& record : other.records_) {
            append(std::move(record));
        }
    }

    [[nodiscard]] MetadataRecords take() && { return std::move(records_); }

private:
    MetadataImage image_;
    MetadataRecords records_;
};

/// What a request comes to. The reply is given once the records are committed.
template <class Reply>
struct Decision {
    MetadataRecords records;
    Reply reply;
};

}  // namespace barnabas
