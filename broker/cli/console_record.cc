#include "cli/console_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/coordinator_record.h"
#include "common/big_endian.h"

namespace barnabas {

namespace {

/// What a Java deserializer makes of bytes, as text. Nothing when they do not fit.
using Deserializer = std::optional<std::string> (*)(BytesView bytes);

template <class Int>
std::optional<std::string> integer_text(BytesView bytes) {
    return bytes.size() == sizeof(Int) ? std::optional(std::to_string(load_big_endian<Int>(bytes.data())))
                                       : std::nullopt;
}

std::optional<std::string> plain_text(BytesView bytes) {
    return std::string(as_text(bytes));
}

std::optional<std::string> boolean_text(BytesView bytes) {
    const bool fits = bytes.size() == 1 && std::to_integer<int>(bytes[0]) <= 1;
    return fits ? std::optional<std::string>(bytes[0] == std::byte{1} ? "true" : "false") : std::nullopt;
}

std::expected<Deserializer, std::string> find_deserializer(std::string_view name) {
    static const std::map<std::string_view, Deserializer> known{
        {"String", plain_text},
        {"Integer", integer_text<std::int32_t>},
        {"Long", integer_text<std::int64_t>},
        {"Short", integer_text<std::int16_t>},
        {"Boolean", boolean_text},
        {"UUID", plain_text},
    };
    constexpr std::string_view package = "org.apache.kafka.common.serialization.", suffix = "Deserializer";
    if (name.starts_with(package) && name.ends_with(suffix)) {
        const auto found = known.find(name.substr(package.size(), name.size() - package.size() - suffix.size()));
        if (found != known.end()) {
            return found->second;
        }
    }
    return std::unexpected(fmt::format(
        "{}: Java classes cannot be loaded; built in are the String, Integer, Long, Short, Boolean and UUID "
        "deserializers of {}",
        name, package.substr(0, package.size() - 1)
    ));
}

bool is_true(std::string_view value) {
    const auto first = value.find_first_not_of(' ');
    value = first == value.npos ? "" : value.substr(first, value.find_last_not_of(' ') - first + 1);
    return std::ranges::equal(value, std::string_view("true"), [](char left, char right) {
        return (left | 0x20) == right;
    });
}

class DefaultFormatter : public RecordFormatter {
public:
    std::expected<void, std::string> set(std::string_view key, const std::string& value) {
        if (const auto flag = flags_.find(key); flag != flags_.end()) {
            flag->second = is_true(value);
        } else if (const auto text = texts_.find(key); text != texts_.end()) {
            text->second = value;
        } else if (const auto converter = deserializers_.find(key); converter != deserializers_.end()) {
            auto found = find_deserializer(value);
            if (!found) {
                return std::unexpected(found.error());
            }
            converter->second = *found;
        } else {
            return std::unexpected(fmt::format("the message formatter has no property {}", key));
        }
        return {};
    }

    std::expected<void, std::string> append(
        std::string& out, const TopicPartition& partition, const FetchedRecord& fetched
    ) const override {
        const RecordView& record = fetched.record;

        bool first = true;
        const auto begin = [&](std::string_view flag) {
            if (!flags_.find(flag)->second) {
                return false;
            }
            out += first ? "" : text("key.separator");
            first = false;
            return true;
        };
        if (begin("print.timestamp")) {
            out += record.timestamp == no_timestamp
                       ? "NO_TIMESTAMP"
                       : fmt::format(
                             "{}:{}",
                             fetched.timestamp_type == TimestampType::create_time ? "CreateTime" : "LogAppendTime",
                             record.timestamp.time_since_epoch().count()
                         );
        }
        if (begin("print.partition")) {
            out += fmt::format("Partition:{}", partition.partition.value);
        }
        if (begin("print.offset")) {
            out += fmt::format("Offset:{}", record.offset.value);
        }
        if (begin("print.delivery")) {
            out += "Delivery:NOT_PRESENT";
        }
        if (begin("print.epoch")) {
            out += "Epoch:NOT_PRESENT";
        }
        if (begin("print.headers")) {
            append_headers(out, record);
        }
        if (begin("print.key")) {
            append_bytes(out, "key.deserializer", record.key);
        }
        if (begin("print.value")) {
            append_bytes(out, "value.deserializer", record.value);
        }
        out += first ? "" : text("line.separator");
        return {};
    }

private:
    [[nodiscard]] const std::string& text(std::string_view key) const { return texts_.find(key)->second; }
    void append_bytes(std::string& out, std::string_view deserializer, const std::optional<BytesView>& bytes) const {
        const BytesView shown = bytes ? *bytes : as_bytes(text("null.literal"));
        const Deserializer convert = deserializers_.find(deserializer)->second;
        const auto converted = convert != nullptr && bytes ? convert(shown) : std::nullopt;
        out += converted ? *converted : std::string(as_text(shown));
    }
    void append_headers(std::string& out, const RecordView& record) const {
        bool first = true;
        for (const HeaderView& header : record.headers()) {
            out += first ? "" : text("headers.separator");
            out += header.key;
            out += ':';
            append_bytes(out, "headers.deserializer", header.value);
            first = false;
        }
        out += first ? "NO_HEADERS" : "";
    }

    std::map<std::string, bool, std::less<>> flags_{{"print.timestamp", false}, {"print.key", false},
                                                    {"print.offset", false},    {"print.delivery", false},
                                                    {"print.epoch", false},     {"print.partition", false},
                                                    {"print.headers", false},   {"print.value", true}};
    std::map<std::string, std::string, std::less<>> texts_{
        {"key.separator", "\t"}, {"line.separator", "\n"}, {"headers.separator", ","}, {"null.literal", "null"}
    };
    std::map<std::string, Deserializer, std::less<>> deserializers_{
        {"key.deserializer", nullptr}, {"value.deserializer", nullptr}, {"headers.deserializer", nullptr}
    };
};

class NoOpFormatter : public RecordFormatter {
    std::expected<void, std::string> append(std::string&, const TopicPartition&, const FetchedRecord&) const override {
        return {};
    }
};

/// The internal topics' records as JSON, one behind the other as Apache prints them; other kinds are left out.
class CoordinatorFormatter : public RecordFormatter {
public:
    explicit CoordinatorFormatter(CoordinatorLog kind, std::vector<std::int16_t> types)
        : kind_(kind), types_(std::move(types)) {}

    std::expected<void, std::string> append(std::string& out, const TopicPartition&, const FetchedRecord& fetched)
        const override {
        if (!fetched.record.key) {
            return {};
        }
        const auto decoded = decode_coordinator_record(kind_, *fetched.record.key, fetched.record.value);
        if (!decoded) {
            return {};
        }
        if (types_.empty() || std::ranges::find(types_, decoded->type) != types_.end()) {
            out += console_json(*decoded);
        }
        return {};
    }

private:
    CoordinatorLog kind_;
    std::vector<std::int16_t> types_;
};

}  // namespace

std::expected<std::unique_ptr<RecordFormatter>, std::string> make_formatter(
    std::string_view class_name, const FormatterProperties& properties
) {
    constexpr std::string_view package = "org.apache.kafka.tools.consumer.";
    const std::string_view name = class_name.starts_with(package) ? class_name.substr(package.size()) : class_name;
    if (name == "NoOpMessageFormatter") {
        return std::make_unique<NoOpFormatter>();
    }
    if (name == "OffsetsMessageFormatter") {
        return std::make_unique<CoordinatorFormatter>(CoordinatorLog::group, std::vector<std::int16_t>{0, 1});
    }
    if (name == "GroupMetadataMessageFormatter") {
        return std::make_unique<CoordinatorFormatter>(CoordinatorLog::group, std::vector<std::int16_t>{2});
    }
    if (name == "TransactionLogMessageFormatter") {
        return std::make_unique<CoordinatorFormatter>(CoordinatorLog::transaction, std::vector<std::int16_t>{});
    }
    if (name == "group.share.ShareGroupStateMessageFormatter" || name == "ShareGroupStateMessageFormatter") {
        return std::make_unique<CoordinatorFormatter>(CoordinatorLog::share, std::vector<std::int16_t>{});
    }
    if (name != "DefaultMessageFormatter") {
        return std::unexpected(fmt::format(
            "{}: Java classes cannot be loaded; built in are DefaultMessageFormatter, NoOpMessageFormatter, "
            "OffsetsMessageFormatter, GroupMetadataMessageFormatter, TransactionLogMessageFormatter and "
            "ShareGroupStateMessageFormatter of org.apache.kafka.tools.consumer",
            class_name
        ));
    }
    auto formatter = std::make_unique<DefaultFormatter>();
    for (const auto& [key, value] : properties) {
        if (auto set = formatter->set(key, value); !set) {
            return std::unexpected(set.error());
        }
    }
    return formatter;
}

}  // namespace barnabas
