#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>

#include "client/fetched.h"

namespace barnabas {

/// Turns records into the text that the console consumer prints.
class RecordFormatter {
public:
    virtual ~RecordFormatter() = default;
    /// Appends the record's text. Errors are sentences.
    virtual std::expected<void, std::string> append(
        std::string& out, const TopicPartition& partition, const FetchedRecord& record
    ) const = 0;
};

using FormatterProperties = std::map<std::string, std::string, std::less<>>;

/// By the name of Apache's Java class. Errors are sentences: a class that is not built in, a property that it does not
/// have.
[[nodiscard]] std::expected<std::unique_ptr<RecordFormatter>, std::string> make_formatter(
    std::string_view class_name, const FormatterProperties& properties
);

}  // namespace barnabas
