#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clients.h"

namespace barnabas::e2e {

struct GroupDescription {
    std::string state;
    std::string assignor;
    std::vector<std::string> instances;  ///< one per member; empty for a member without group.instance.id
};

/// librdkafka's admin client, which has only a C interface. Every call waits for its answer, at most 20 s; one error
/// code answers for the one topic, group or resource that was asked about.
class Admin {
public:
    Admin();

    rd_kafka_resp_err_t create_topic(const std::string& name, int partitions, const Settings& configs = {});
    rd_kafka_resp_err_t delete_topic(const std::string& name);
    rd_kafka_resp_err_t create_partitions(const std::string& name, std::size_t total);
    [[nodiscard]] std::optional<std::size_t> partitions(const std::string& topic);

    rd_kafka_resp_err_t set_config(const std::string& topic, const std::string& key, const std::string& value);
    [[nodiscard]] std::optional<std::string> config(const std::string& topic, const std::string& key);

    /// Removes the records below an offset; the error comes with the partition.
    rd_kafka_resp_err_t delete_records(const std::string& topic, int partition, std::int64_t before);
    /// The first and the next offset of a partition.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> watermarks(const std::string& topic, int partition);

    [[nodiscard]] std::set<std::string> groups();
    [[nodiscard]] GroupDescription describe_group(const std::string& name);
    rd_kafka_resp_err_t delete_group(const std::string& name);
    rd_kafka_resp_err_t set_offset(
        const std::string& group, const std::string& topic, int partition, std::int64_t offset
    );
    rd_kafka_resp_err_t delete_offset(const std::string& group, const std::string& topic, int partition);

private:
    using Answer = std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)>;

    Answer ask(const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& request);

    std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client_;
};

/// A topic of this test alone; the test fails at once when it cannot be made.
[[nodiscard]] std::string fresh_topic(int partitions = 1, const Settings& configs = {});

}  // namespace barnabas::e2e
