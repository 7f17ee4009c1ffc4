#include "log/partition_metadata.h"

#include <fmt/format.h>

namespace barnabas {

namespace {

constexpr std::string_view before_topic_id = "version: 0\ntopic_id: ";

}  // namespace

std::string partition_metadata_text(const TopicId& topic) {
    return fmt::format("{}{}", before_topic_id, topic.text());
}

std::expected<TopicId, std::string> parse_partition_metadata(std::string_view text) {
    while (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    if (!text.starts_with(before_topic_id)) {
        return std::unexpected("it does not begin with 'version: 0' and 'topic_id: '");
    }
    const auto topic = Uuid::parse(text.substr(before_topic_id.size()));
    if (!topic || topic->is_zero()) {
        return std::unexpected(fmt::format("'{}' is no topic id", text.substr(before_topic_id.size())));
    }
    return *topic;
}

}  // namespace barnabas
