#pragma once

#include <librdkafka/rdkafkacpp.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace barnabas::e2e {

/// What a client is told besides the address of the node; librdkafka's own keys.
using Settings = std::map<std::string, std::string>;

/// The node under test: the environment's BOOTSTRAP, HOST:PORT.
[[nodiscard]] std::string bootstrap();

/// A name that no other test and no earlier run uses, for a topic or a group.
[[nodiscard]] std::string fresh_name(std::string_view stem);

/// The configuration of any client of this suite: `settings`, and those of the environment's CLIENT_SETTINGS
/// ("key=value;key=value"), as for TLS. Fails the test when librdkafka refuses a key.
[[nodiscard]] std::unique_ptr<RdKafka::Conf> configuration(const Settings& settings);

struct Record {
    std::string value;
    std::string key = {};
    int partition = 0;
    std::int64_t timestamp = 0;  ///< milliseconds; 0 is now
    std::vector<std::pair<std::string, std::string>> headers = {};
};

struct Delivery {
    RdKafka::ErrorCode error = RdKafka::ERR__TIMED_OUT;
    std::int64_t offset = -1;
};

/// Sends records and returns their delivery reports, in the order of the records.
std::vector<Delivery> send(const std::string& topic, const std::vector<Record>& records, const Settings& settings = {});

/// Numbered records, `count` of them: "0", "1", ...
[[nodiscard]] std::vector<Record> numbered(int count, int partition = 0);

struct Received {
    std::string value;
    std::string key;
    int partition = 0;
    std::int64_t offset = 0;
    std::int64_t timestamp = 0;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// A member of a consumer group. It counts what its rebalances do. Used from one thread.
class Consumer : public RdKafka::RebalanceCb {
public:
    explicit Consumer(const std::string& group, const Settings& settings = {});
    Consumer(const Consumer&) = delete;
    Consumer& operator=(const Consumer&) = delete;
    ~Consumer() override;

    void subscribe(const std::string& topic);
    void assign(const std::string& topic, int partition, std::int64_t offset);

    /// Polls until so many records came, at most for the given time.
    [[nodiscard]] std::vector<Received> read(std::size_t count, std::chrono::seconds limit = std::chrono::seconds(20));

    /// Polls once for a short while; records that come are appended to `into` when it is given.
    void poll(std::vector<Received>* into = nullptr);

    void commit() { error_ = client_->commitSync(); }
    [[nodiscard]] std::int64_t committed(const std::string& topic, int partition);
    void close() { client_->close(); }

    [[nodiscard]] RdKafka::KafkaConsumer& client() { return *client_; }
    [[nodiscard]] const std::set<int>& partitions() const { return partitions_; }
    [[nodiscard]] int revoked() const { return revoked_; }  ///< partitions given up so far
    [[nodiscard]] int rebalances() const { return rebalances_; }
    [[nodiscard]] RdKafka::ErrorCode error() const { return error_; }  ///< the last error of a poll or commit

    void rebalance_cb(
        RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode error, std::vector<RdKafka::TopicPartition*>& partitions
    ) override;

private:
    std::unique_ptr<RdKafka::KafkaConsumer> client_;
    std::set<int> partitions_;
    int revoked_ = 0;
    int rebalances_ = 0;
    RdKafka::ErrorCode error_ = RdKafka::ERR_NO_ERROR;
};

/// Polls the members in turn until the condition holds; false when it does not within the limit.
[[nodiscard]] bool poll_until(
    const std::vector<Consumer*>& members, const std::function<bool()>& condition,
    std::chrono::seconds limit = std::chrono::seconds(30)
);

}  // namespace barnabas::e2e
