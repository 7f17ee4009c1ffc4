#include "cli/line_reader.h"

#include <fmt/format.h>

namespace barnabas {

std::expected<LineReader, std::string> LineReader::make(
    const std::map<std::string, std::string, std::less<>>& properties
) {
    LineReader reader;
    const std::map<std::string_view, bool*> flags{
        {"parse.key", &reader.parse_key_},
        {"parse.headers", &reader.parse_headers_},
        {"ignore.error", &reader.ignore_error_},
    };
    const std::map<std::string_view, std::string*> texts{
        {"key.separator", &reader.key_separator_},
        {"headers.delimiter", &reader.headers_delimiter_},
        {"headers.separator", &reader.headers_separator_},
        {"headers.key.separator", &reader.header_key_separator_},
    };
    for (const auto& [key, value] : properties) {
        if (const auto flag = flags.find(key); flag != flags.end()) {
            *flag->second = value == "true" || value == "TRUE" || value == "True";
        } else if (const auto text = texts.find(key); text != texts.end()) {
            *text->second = value;
        } else if (key == "null.marker") {
            reader.null_marker_ = value;
        } else if (key != "topic") {
            return std::unexpected(fmt::format("the line reader has no property {}", key));
        }
    }
    if (std::string words = reader.clash(); !words.empty()) {
        return std::unexpected(std::move(words));
    }
    return reader;
}

std::string LineReader::clash() const {
    const std::pair<std::string_view, const std::string*> separators[] = {
        {"headers.delimiter", &headers_delimiter_},
        {"headers.separator", &headers_separator_},
        {"headers.key.separator", &header_key_separator_},
    };
    for (std::size_t i = 0; i < std::size(separators); ++i) {
        for (std::size_t k = i + 1; k < std::size(separators); ++k) {
            if (*separators[i].second == *separators[k].second) {
                return fmt::format("{} and {} may not be equal", separators[i].first, separators[k].first);
            }
        }
        if (null_marker_ == *separators[i].second) {
            return fmt::format("null.marker and {} may not be equal", separators[i].first);
        }
    }
    return null_marker_ == key_separator_ ? "null.marker and key.separator may not be equal" : "";
}

std::optional<Bytes> LineReader::bytes_of(std::string_view text) const {
    return text == null_marker_ ? std::nullopt : std::optional(copy(as_bytes(text)));
}

std::expected<Record, std::string> LineReader::parse(std::string_view line) {
    ++line_number_;
    const std::string_view whole = line;
    /// The part before `separator`, which is dropped with it; nothing where it is missing and errors are ignored.
    const auto take = [&](const std::string& separator,
                          std::string_view name) -> std::expected<std::optional<std::string_view>, std::string> {
        const auto end = line.find(separator);
        if (end == line.npos) {
            if (ignore_error_) {
                return std::nullopt;
            }
            return std::unexpected(fmt::format("No {} found on line number {}: '{}'", name, line_number_, whole));
        }
        const std::string_view part = line.substr(0, end);
        line.remove_prefix(end + separator.size());
        return part;
    };
    Record record;
    if (parse_headers_) {
        const auto part = take(headers_delimiter_, "headers delimiter");
        if (!part) {
            return std::unexpected(part.error());
        }
        if (*part && *part != null_marker_) {
            auto headers = parse_headers(**part);
            if (!headers) {
                return std::unexpected(headers.error());
            }
            record.headers = *std::move(headers);
        }
    }
    if (parse_key_) {
        const auto part = take(key_separator_, "key separator");
        if (!part) {
            return std::unexpected(part.error());
        }
        record.key = *part ? bytes_of(**part) : std::nullopt;
    }
    record.value = bytes_of(line);
    return record;
}

std::expected<std::vector<Header>, std::string> LineReader::parse_headers(std::string_view text) const {
    std::vector<Header> headers;
    while (true) {
        const auto end = text.find(headers_separator_);
        const std::string_view pair = text.substr(0, end);
        const auto middle = pair.find(header_key_separator_);
        if (middle != pair.npos) {
            const std::string_view key = pair.substr(0, middle);
            if (key == null_marker_) {
                return std::unexpected(
                    fmt::format("Header keys should not be equal to the null marker '{}' as they can't be null", key)
                );
            }
            headers.push_back({std::string(key), bytes_of(pair.substr(middle + header_key_separator_.size()))});
        } else if (ignore_error_) {
            headers.push_back({std::string(pair), std::nullopt});
        } else {
            return std::unexpected(
                fmt::format("No header key separator found in pair '{}' on line number {}", pair, line_number_)
            );
        }
        if (end == text.npos) {
            return headers;
        }
        text.remove_prefix(end + headers_separator_.size());
    }
}

}  // namespace barnabas
