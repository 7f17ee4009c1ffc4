#pragma once

#include <librdkafka/rdkafka.h>

#include <expected>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

namespace barnabas::bench {

struct CloseHandle {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
struct CloseTopic {
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
struct CloseQueue {
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using ClientHandle = std::unique_ptr<rd_kafka_t, CloseHandle>;
using ClientTopic = std::unique_ptr<rd_kafka_topic_t, CloseTopic>;
using ClientQueue = std::unique_ptr<rd_kafka_queue_t, CloseQueue>;

using Settings = std::initializer_list<std::pair<const char*, std::string>>;
using Delivered = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

/// A client with these settings. `delivered`, when given, is called with `opaque` for each acknowledged record.
std::expected<ClientHandle, std::string> open_client(
    rd_kafka_type_t type, Settings settings, Delivered delivered = nullptr, void* opaque = nullptr
);

}  // namespace barnabas::bench
