#include "metadata/metadata_loader.h"

#include <utility>

namespace barnabas {

Expected<void> MetadataLoader::apply(const Provenance& reached, std::span<const BytesView> values) {
    for (const BytesView value : values) {
        const auto record = decode_metadata_record(value);
        if (!record) {
            return std::unexpected(record.error());
        }
        if (auto done = apply(*record); !done) {
            return done;
        }
    }
    image_.provenance = reached;
    return {};
}

Expected<void> MetadataLoader::apply(const MetadataRecord& record) {
    if (auto framed = frame_transaction(record); !framed) {
        return framed;
    }
    delta_.note(record, image_);
    return image_.apply(record);
}

Expected<void> MetadataLoader::frame_transaction(const MetadataRecord& record) {
    if (std::holds_alternative<BeginTransactionRecord>(record.message)) {
        if (in_transaction()) {
            return fail(ErrorCode::invalid_record, "a transaction begins within another");
        }
        before_transaction_ = image_;
        delta_before_transaction_ = delta_;
    } else if (std::holds_alternative<EndTransactionRecord>(record.message)) {
        if (!in_transaction()) {
            return fail(ErrorCode::invalid_record, "a transaction ends that did not begin");
        }
        before_transaction_.reset();
    } else if (std::holds_alternative<AbortTransactionRecord>(record.message)) {
        if (!in_transaction()) {
            return fail(ErrorCode::invalid_record, "a transaction is aborted that did not begin");
        }
        image_ = *std::move(before_transaction_);
        delta_ = std::move(delta_before_transaction_);
        before_transaction_.reset();
    }
    return {};
}

void MetadataLoader::publish() {
    if (in_transaction() || image_.provenance == published_->provenance) {
        return;
    }
    delta_.before = std::move(published_);
    delta_.after = std::make_shared<const MetadataImage>(image_);
    published_ = delta_.after;
    cache_.publish(delta_);
    delta_ = {};
}

Expected<void> MetadataLoader::load_snapshot(const Provenance& reached, const NextBatch& next) {
    MetadataImage loaded;
    while (true) {
        const auto values = next();
        if (!values) {
            return std::unexpected(values.error());
        }
        if (!*values) {
            break;
        }
        for (const BytesView value : **values) {
            const auto record = decode_metadata_record(value);
            if (!record) {
                return std::unexpected(record.error());
            }
            if (auto done = loaded.apply(*record); !done) {
                return done;
            }
        }
    }
    loaded.provenance = reached;
    image_ = std::move(loaded);
    before_transaction_.reset();
    delta_ = {};
    auto after = std::make_shared<const MetadataImage>(image_);
    cache_.publish(MetadataDelta::between(std::exchange(published_, after), after));
    return {};
}

}  // namespace barnabas
