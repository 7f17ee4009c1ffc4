#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace barnabas {

/// Settings of a client as the tools get them: from properties files and from `key=value` on the command line. Later
/// ones win. Who reads a setting is remembered, so that none is ignored without a word.
class ClientProperties {
public:
    /// Errors are sentences.
    std::expected<void, std::string> load(const std::string& path);
    /// "key=value"; without "=" the value is empty.
    std::expected<void, std::string> add(std::string_view text);
    void set(std::string key, std::string value) { values_.insert_or_assign(std::move(key), std::move(value)); }

    [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
    std::optional<std::string> find(std::string_view key);
    std::string text(std::string_view key, std::string_view otherwise);
    std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most);
    std::chrono::milliseconds milliseconds(std::string_view key, std::chrono::milliseconds otherwise);
    bool boolean(std::string_view key, bool otherwise);

    /// What was wrong with the values read so far, or a demand for security that this client does not have.
    [[nodiscard]] std::optional<std::string> fault();
    /// A line on standard error for each setting that nobody asked for.
    void warn_of_unread() const;

    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

private:
    std::map<std::string, std::string, std::less<>> values_;
    std::set<std::string, std::less<>> read_;
    std::optional<std::string> fault_;
};

}  // namespace barnabas
