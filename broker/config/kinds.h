#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/record_batch.h"

namespace barnabas {

/// A value that is never printed, logged or described.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    /// For the one place that uses it.
    [[nodiscard]] const std::string& reveal() const { return text_; }

    bool operator==(const Secret&) const = default;

private:
    std::string text_;
};

/// `compression.type`: what a partition's batches are stored in.
enum class CompressionSetting : std::uint8_t { producer, uncompressed, gzip, snappy, lz4, zstd };

/// `cleanup.policy`. With neither, nothing is ever removed.
struct CleanupPolicy {
    bool compacts = false;
    bool deletes = false;
    bool operator==(const CleanupPolicy&) const = default;
};

/// The types that Kafka knows, with their numbers in a DescribeConfigs answer.
enum class ConfigType : std::int8_t {
    boolean = 1,
    string = 2,
    int32 = 3,
    int16 = 4,
    int64 = 5,
    float64 = 6,
    list = 7,
    class_name = 8,
    password = 9,
};

/// What a row of the option tables holds: the type of the field, and the type that Kafka tells of it. The two differ
/// where we are stricter, as in a time that Kafka keeps in an INT.
namespace kind {

template <class T, ConfigType kafka_type>
struct Kind {
    using Value = T;
    static constexpr ConfigType type = kafka_type;
};

struct Boolean : Kind<bool, ConfigType::boolean> {};
struct Short : Kind<std::int16_t, ConfigType::int16> {};
struct Int : Kind<std::int32_t, ConfigType::int32> {};
struct Long : Kind<std::int64_t, ConfigType::int64> {};
struct Double : Kind<double, ConfigType::float64> {};
struct String : Kind<std::string, ConfigType::string> {};
struct Class : Kind<std::string, ConfigType::class_name> {};
struct List : Kind<std::vector<std::string>, ConfigType::list> {};
struct Password : Kind<Secret, ConfigType::password> {};
struct IntMillis : Kind<std::chrono::milliseconds, ConfigType::int32> {};
struct LongMillis : Kind<std::chrono::milliseconds, ConfigType::int64> {};
struct IntSeconds : Kind<std::chrono::seconds, ConfigType::int32> {};
struct LongSeconds : Kind<std::chrono::seconds, ConfigType::int64> {};
struct ShortSeconds : Kind<std::chrono::seconds, ConfigType::int16> {};
struct Minutes : Kind<std::chrono::minutes, ConfigType::int32> {};
struct Hours : Kind<std::chrono::hours, ConfigType::int32> {};
struct Compression : Kind<CompressionSetting, ConfigType::string> {};
struct Timestamps : Kind<TimestampType, ConfigType::string> {};
struct Cleanup : Kind<CleanupPolicy, ConfigType::list> {};

/// A key that may be unset. Kafka calls its default null.
template <class K>
struct Nullable : Kind<std::optional<typename K::Value>, K::type> {
    using Present = K;
};
using NullableInt = Nullable<Int>;
using NullableString = Nullable<String>;
using NullableClass = Nullable<Class>;
using NullableList = Nullable<List>;
using NullablePassword = Nullable<Password>;
using NullableIntMillis = Nullable<IntMillis>;
using NullableLongMillis = Nullable<LongMillis>;
using NullableMinutes = Nullable<Minutes>;

}  // namespace kind

// What the default columns of the tables are written with.
inline constexpr auto int32_max = std::numeric_limits<std::int32_t>::max();
inline constexpr auto int64_max = std::numeric_limits<std::int64_t>::max();
inline constexpr auto unlimited_rate = std::numeric_limits<double>::max();
inline constexpr CleanupPolicy delete_only{false, true};
[[nodiscard]] inline std::vector<std::string> list_of(std::initializer_list<std::string> texts) {
    return texts;
}

}  // namespace barnabas
