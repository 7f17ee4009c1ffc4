#include "clients.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <sstream>

namespace barnabas::e2e {

namespace {

using Clock = std::chrono::steady_clock;

class Reports : public RdKafka::DeliveryReportCb {
public:
    explicit Reports(std::size_t count) : deliveries(count) {}

    void dr_cb(RdKafka::Message& message) override {
        const auto index = reinterpret_cast<std::uintptr_t>(message.msg_opaque()) - 1;
        deliveries.at(index) = {message.err(), message.offset()};
    }

    std::vector<Delivery> deliveries;
};

RdKafka::ErrorCode produce(
    RdKafka::Producer& producer, const std::string& topic, const Record& record, std::uintptr_t opaque
) {
    auto headers = std::unique_ptr<RdKafka::Headers>(RdKafka::Headers::create());
    for (const auto& [name, value] : record.headers) {
        headers->add(name, value);
    }
    const auto error = producer.produce(
        topic, record.partition, RdKafka::Producer::RK_MSG_COPY, const_cast<char*>(record.value.data()),
        record.value.size(), record.key.empty() ? nullptr : record.key.data(), record.key.size(), record.timestamp,
        headers.get(), reinterpret_cast<void*>(opaque)
    );
    if (error == RdKafka::ERR_NO_ERROR) {
        headers.release();  // librdkafka owns them now
    }
    return error;
}

Received received(RdKafka::Message& message) {
    Received record;
    record.value.assign(static_cast<const char*>(message.payload()), message.len());
    if (message.key() != nullptr) {
        record.key = *message.key();
    }
    record.partition = message.partition();
    record.offset = message.offset();
    record.timestamp = message.timestamp().timestamp;
    if (message.headers() != nullptr) {
        for (const auto& header : message.headers()->get_all()) {
            record.headers.emplace_back(
                header.key(), std::string(static_cast<const char*>(header.value()), header.value_size())
            );
        }
    }
    return record;
}

}  // namespace

std::string bootstrap() {
    const char* address = std::getenv("BOOTSTRAP");
    return address == nullptr ? "localhost:9092" : address;
}

std::string fresh_name(std::string_view stem) {
    static std::atomic<int> count = 0;
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return std::string(stem) + "-" + std::to_string(now) + "-" + std::to_string(++count);
}

std::unique_ptr<RdKafka::Conf> configuration(const Settings& settings) {
    auto conf = std::unique_ptr<RdKafka::Conf>(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    Settings all = settings;
    all.try_emplace("bootstrap.servers", bootstrap());
    std::istringstream given(std::getenv("CLIENT_SETTINGS") != nullptr ? std::getenv("CLIENT_SETTINGS") : "");
    for (std::string pair; std::getline(given, pair, ';');) {
        const auto equals = pair.find('=');
        all.try_emplace(pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1));
    }
    all.try_emplace("log_level", "3");
    for (const auto& [key, value] : all) {
        std::string why;
        EXPECT_EQ(conf->set(key, value, why), RdKafka::Conf::CONF_OK) << why;
    }
    return conf;
}

std::vector<Delivery> send(const std::string& topic, const std::vector<Record>& records, const Settings& settings) {
    Reports reports(records.size());
    auto conf = configuration(settings);
    std::string why;
    conf->set("dr_cb", &reports, why);
    const auto producer = std::unique_ptr<RdKafka::Producer>(RdKafka::Producer::create(conf.get(), why));
    EXPECT_NE(producer, nullptr) << why;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto error = produce(*producer, topic, records[i], i + 1);
        reports.deliveries[i].error = error == RdKafka::ERR_NO_ERROR ? RdKafka::ERR__TIMED_OUT : error;
        producer->poll(0);
    }
    producer->flush(30'000);
    return reports.deliveries;
}

std::vector<Record> numbered(int count, int partition) {
    std::vector<Record> records;
    for (int i = 0; i < count; ++i) {
        records.push_back({.value = std::to_string(i), .partition = partition});
    }
    return records;
}

Consumer::Consumer(const std::string& group, const Settings& settings) {
    Settings all = settings;
    all.emplace("group.id", group);
    all.emplace("auto.offset.reset", "earliest");
    all.emplace("enable.auto.commit", "false");
    all.emplace("topic.metadata.refresh.interval.ms", "1000");
    all.emplace("heartbeat.interval.ms", "500");
    auto conf = configuration(all);
    std::string why;
    conf->set("rebalance_cb", static_cast<RdKafka::RebalanceCb*>(this), why);
    client_.reset(RdKafka::KafkaConsumer::create(conf.get(), why));
    EXPECT_NE(client_, nullptr) << why;
}

Consumer::~Consumer() {
    if (!client_->closed()) {
        client_->close();
    }
}

void Consumer::subscribe(const std::string& topic) {
    ASSERT_EQ(client_->subscribe({topic}), RdKafka::ERR_NO_ERROR);
}

void Consumer::assign(const std::string& topic, int partition, std::int64_t offset) {
    const auto where =
        std::unique_ptr<RdKafka::TopicPartition>(RdKafka::TopicPartition::create(topic, partition, offset));
    ASSERT_EQ(client_->assign({where.get()}), RdKafka::ERR_NO_ERROR);
}

std::vector<Received> Consumer::read(std::size_t count, std::chrono::seconds limit) {
    std::vector<Received> records;
    for (const auto end = Clock::now() + limit; records.size() < count && Clock::now() < end;) {
        poll(&records);
    }
    return records;
}

void Consumer::poll(std::vector<Received>* into) {
    const auto message = std::unique_ptr<RdKafka::Message>(client_->consume(50));
    if (message->err() == RdKafka::ERR_NO_ERROR) {
        if (into != nullptr) {
            into->push_back(received(*message));
        }
    } else if (message->err() != RdKafka::ERR__TIMED_OUT) {
        error_ = message->err();
    }
}

std::int64_t Consumer::committed(const std::string& topic, int partition) {
    const auto where = std::unique_ptr<RdKafka::TopicPartition>(RdKafka::TopicPartition::create(topic, partition));
    std::vector<RdKafka::TopicPartition*> asked{where.get()};
    error_ = client_->committed(asked, 10'000);
    return where->offset();
}

void Consumer::rebalance_cb(
    RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode error, std::vector<RdKafka::TopicPartition*>& partitions
) {
    const bool cooperative = consumer->rebalance_protocol() == "COOPERATIVE";
    ++rebalances_;
    if (error == RdKafka::ERR__ASSIGN_PARTITIONS) {
        for (const auto* partition : partitions) {
            partitions_.insert(partition->partition());
        }
        cooperative ? delete consumer->incremental_assign(partitions) : void(consumer->assign(partitions));
        return;
    }
    for (const auto* partition : partitions) {
        partitions_.erase(partition->partition());
        ++revoked_;
    }
    cooperative ? delete consumer->incremental_unassign(partitions) : void(consumer->unassign());
}

bool poll_until(
    const std::vector<Consumer*>& members, const std::function<bool()>& condition, std::chrono::seconds limit
) {
    for (const auto end = Clock::now() + limit; Clock::now() < end;) {
        if (condition()) {
            return true;
        }
        for (Consumer* member : members) {
            member->poll();
        }
    }
    return false;
}

}  // namespace barnabas::e2e
