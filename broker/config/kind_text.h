#pragma once

#include <expected>

#include <fmt/format.h>

#include "common/java_double.h"
#include "config/value_text.h"

/// One kind of the option tables as text: parse, print, name.
namespace barnabas::kind {

template <class K>
concept IsNullable = requires { typename K::Present; };

/// Nothing when `text` is not a value of the kind.
template <class K>
std::optional<typename K::Value> parse(std::string_view text) {
    using Value = typename K::Value;
    using namespace value_text;
    if constexpr (IsNullable<K>) {
        auto present = parse<typename K::Present>(text);
        return present ? std::optional<Value>(std::move(present)) : std::nullopt;
    } else if constexpr (std::same_as<Value, bool>) {
        return to_boolean(text);
    } else if constexpr (std::same_as<Value, double>) {
        return to_double(text);
    } else if constexpr (std::same_as<Value, std::string>) {
        return Value(trim(text));
    } else if constexpr (std::same_as<Value, Secret>) {
        return Secret(std::string(trim(text)));
    } else if constexpr (std::same_as<Value, std::vector<std::string>>) {
        return split_list(text);
    } else if constexpr (std::same_as<Value, CompressionSetting>) {
        return to_compression(text);
    } else if constexpr (std::same_as<Value, TimestampType>) {
        return to_timestamp_type(text);
    } else if constexpr (std::same_as<Value, CleanupPolicy>) {
        return to_cleanup_policy(text);
    } else {
        const auto number = to_integer(text, least(K::type), most(K::type));
        return number ? std::optional(static_cast<Value>(*number)) : std::nullopt;
    }
}

template <class K>
std::optional<std::string> print(const typename K::Value& value) {
    using Value = typename K::Value;
    using namespace value_text;
    if constexpr (IsNullable<K>) {
        return value ? print<typename K::Present>(*value) : std::nullopt;
    } else if constexpr (std::same_as<Value, Secret>) {
        return std::nullopt;
    } else if constexpr (std::same_as<Value, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::same_as<Value, double>) {
        return java_text(value);
    } else if constexpr (std::same_as<Value, std::string>) {
        return value;
    } else if constexpr (std::same_as<Value, std::vector<std::string>>) {
        return join(value);
    } else if constexpr (std::same_as<Value, CompressionSetting>) {
        return std::string(from_compression(value));
    } else if constexpr (std::same_as<Value, TimestampType>) {
        return std::string(from_timestamp_type(value));
    } else if constexpr (std::same_as<Value, CleanupPolicy>) {
        return from_cleanup_policy(value);
    } else if constexpr (requires { value.count(); }) {
        return std::to_string(value.count());
    } else {
        return std::to_string(value);
    }
}

/// What values of the kind are, in words that follow "must be"; empty for any text.
template <class K>
std::string words() {
    using Value = typename K::Value;
    if constexpr (IsNullable<K>) {
        return words<typename K::Present>();
    } else if constexpr (std::same_as<Value, bool>) {
        return "true or false";
    } else if constexpr (std::same_as<Value, double>) {
        return "a number";
    } else if constexpr (std::same_as<Value, CompressionSetting>) {
        return "one of uncompressed, zstd, lz4, snappy, gzip, producer";
    } else if constexpr (std::same_as<Value, TimestampType>) {
        return "CreateTime or LogAppendTime";
    } else if constexpr (std::same_as<Value, CleanupPolicy>) {
        return "a list of compact and delete";
    } else if constexpr (std::integral<Value> || requires(Value value) { value.count(); }) {
        return fmt::format("a whole number from {} to {}", value_text::least(K::type), value_text::most(K::type));
    } else {
        return {};
    }
}

template <class K>
std::string allowed_words(const auto& check) {
    const auto stricter = check.words();
    return stricter.empty() ? words<K>() : stricter;
}

/// Sets `field` to what `text` says, or says why it cannot be.
template <class K>
std::expected<void, std::string> assign(typename K::Value& field, std::string_view text, const auto& check) {
    const auto refuse = [&](const std::string& must_be) {
        const auto shown = K::type == ConfigType::password ? std::string("the value") : fmt::format("'{}'", text);
        return std::unexpected(fmt::format("{} is not allowed, it must be {}", shown, must_be));
    };
    auto value = parse<K>(text);
    if (!value) {
        return refuse(words<K>());
    }
    if constexpr (IsNullable<K>) {
        if (!check.holds(**value)) {
            return refuse(allowed_words<K>(check));
        }
    } else if (!check.holds(*value)) {
        return refuse(allowed_words<K>(check));
    }
    field = *std::move(value);
    return {};
}

}  // namespace barnabas::kind
