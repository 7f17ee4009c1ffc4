#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "model/record.h"

namespace barnabas {

/// Makes records of lines, as Apache's LineMessageReader does: `headers<TAB>key<TAB>value`, where the properties
/// parse.headers and parse.key say that the first two are there.
class LineReader {
public:
    /// Errors are sentences: a property that does not exist, separators that cannot be told apart.
    static std::expected<LineReader, std::string> make(const std::map<std::string, std::string, std::less<>>& properties
    );

    /// The record in `line`, which has no line end. Errors: a separator is missing.
    std::expected<Record, std::string> parse(std::string_view line);

private:
    [[nodiscard]] std::string clash() const;
    std::expected<std::vector<Header>, std::string> parse_headers(std::string_view text) const;
    [[nodiscard]] std::optional<Bytes> bytes_of(std::string_view text) const;

    bool parse_key_ = false;
    bool parse_headers_ = false;
    bool ignore_error_ = false;
    std::string key_separator_ = "\t";
    std::string headers_delimiter_ = "\t";
    std::string headers_separator_ = ",";
    std::string header_key_separator_ = ":";
    std::optional<std::string> null_marker_;
    std::int64_t line_number_ = 0;
};

}  // namespace barnabas
