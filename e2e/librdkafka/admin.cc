#include "admin.h"

#include <gtest/gtest.h>

namespace barnabas::e2e {

namespace {

constexpr int patience_ms = 20'000;

template <class T, void (*destroy)(T*)>
struct Destroy {
    void operator()(T* object) const { destroy(object); }
};

template <class T, void (*destroy)(T*)>
using Owned = std::unique_ptr<T, Destroy<T, destroy>>;

using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using NewTopic = Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using DeleteTopic = Owned<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using NewPartitions = Owned<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy>;
using Resource = Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using Partitions = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using DeleteRecords = Owned<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy>;
using DeleteGroup = Owned<rd_kafka_DeleteGroup_t, rd_kafka_DeleteGroup_destroy>;
using AlterOffsets = Owned<rd_kafka_AlterConsumerGroupOffsets_t, rd_kafka_AlterConsumerGroupOffsets_destroy>;
using DeleteOffsets = Owned<rd_kafka_DeleteConsumerGroupOffsets_t, rd_kafka_DeleteConsumerGroupOffsets_destroy>;

Partitions one_partition(const std::string& topic, int partition, std::int64_t offset) {
    Partitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
    return list;
}

// The errors of whole answers come first; then the one topic, group or resource that was asked about has its own.
template <class Result>
rd_kafka_resp_err_t topic_error(rd_kafka_event_t* answer, const Result* result, auto topics_of) {
    if (const auto error = rd_kafka_event_error(answer); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error;
    }
    std::size_t count = 0;
    const auto* const* topics = topics_of(result, &count);
    return rd_kafka_topic_result_error(topics[0]);
}

template <class Result>
rd_kafka_resp_err_t group_error(rd_kafka_event_t* answer, const Result* result, auto groups_of) {
    if (const auto error = rd_kafka_event_error(answer); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error;
    }
    std::size_t count = 0;
    const auto* const* groups = groups_of(result, &count);
    const auto* partitions = rd_kafka_group_result_partitions(groups[0]);
    if (const auto* error = rd_kafka_group_result_error(groups[0]); error != nullptr) {
        return rd_kafka_error_code(error);
    }
    return partitions != nullptr && partitions->cnt > 0 ? partitions->elems[0].err : RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

Admin::Admin() : client_(nullptr, rd_kafka_destroy) {
    const auto conf = configuration({});
    std::array<char, 512> why{};
    // rd_kafka_new takes what it is given, and the configuration keeps its own.
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_dup(conf->c_ptr_global()), why.data(), why.size()));
    EXPECT_NE(client_, nullptr) << why.data();
}

Admin::Answer Admin::ask(const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& request) {
    const Queue queue(rd_kafka_queue_new(client_.get()));
    request(client_.get(), queue.get());
    Answer answer(rd_kafka_queue_poll(queue.get(), patience_ms), rd_kafka_event_destroy);
    EXPECT_NE(answer, nullptr) << "no answer";
    return answer;
}

rd_kafka_resp_err_t Admin::create_topic(const std::string& name, int partitions, const Settings& configs) {
    std::array<char, 512> why{};
    const NewTopic topic(rd_kafka_NewTopic_new(name.c_str(), partitions, 1, why.data(), why.size()));
    for (const auto& [key, value] : configs) {
        rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
    }
    auto* asked = topic.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_CreateTopics(client, &asked, 1, nullptr, queue); });
    return topic_error(
        answer.get(), rd_kafka_event_CreateTopics_result(answer.get()), rd_kafka_CreateTopics_result_topics
    );
}

rd_kafka_resp_err_t Admin::delete_topic(const std::string& name) {
    const DeleteTopic topic(rd_kafka_DeleteTopic_new(name.c_str()));
    auto* asked = topic.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_DeleteTopics(client, &asked, 1, nullptr, queue); });
    return topic_error(
        answer.get(), rd_kafka_event_DeleteTopics_result(answer.get()), rd_kafka_DeleteTopics_result_topics
    );
}

rd_kafka_resp_err_t Admin::create_partitions(const std::string& name, std::size_t total) {
    std::array<char, 512> why{};
    const NewPartitions wanted(rd_kafka_NewPartitions_new(name.c_str(), total, why.data(), why.size()));
    auto* asked = wanted.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_CreatePartitions(client, &asked, 1, nullptr, queue); });
    return topic_error(
        answer.get(), rd_kafka_event_CreatePartitions_result(answer.get()), rd_kafka_CreatePartitions_result_topics
    );
}

std::optional<std::size_t> Admin::partitions(const std::string& topic) {
    const Owned<rd_kafka_topic_t, rd_kafka_topic_destroy> handle(
        rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr)
    );
    const rd_kafka_metadata_t* metadata = nullptr;
    EXPECT_EQ(rd_kafka_metadata(client_.get(), 0, handle.get(), &metadata, patience_ms), RD_KAFKA_RESP_ERR_NO_ERROR);
    std::optional<std::size_t> count;
    if (metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        count = static_cast<std::size_t>(metadata->topics[0].partition_cnt);
    }
    rd_kafka_metadata_destroy(metadata);
    return count;
}

rd_kafka_resp_err_t Admin::set_config(const std::string& topic, const std::string& key, const std::string& value) {
    const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    rd_kafka_ConfigResource_set_config(resource.get(), key.c_str(), value.c_str());
    auto* asked = resource.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_AlterConfigs(client, &asked, 1, nullptr, queue); });
    if (const auto error = rd_kafka_event_error(answer.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error;
    }
    std::size_t count = 0;
    return rd_kafka_ConfigResource_error(
        rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(answer.get()), &count)[0]
    );
}

std::optional<std::string> Admin::config(const std::string& topic, const std::string& key) {
    const Resource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    auto* asked = resource.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_DescribeConfigs(client, &asked, 1, nullptr, queue); });
    std::size_t count = 0;
    const auto* described = rd_kafka_event_DescribeConfigs_result(answer.get());
    const auto* const* resources = rd_kafka_DescribeConfigs_result_resources(described, &count);
    const auto* const* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (rd_kafka_ConfigEntry_name(entries[i]) == key) {
            return rd_kafka_ConfigEntry_value(entries[i]);
        }
    }
    return std::nullopt;
}

rd_kafka_resp_err_t Admin::delete_records(const std::string& topic, int partition, std::int64_t before) {
    const auto offsets = one_partition(topic, partition, before);
    const DeleteRecords request(rd_kafka_DeleteRecords_new(offsets.get()));
    auto* asked = request.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_DeleteRecords(client, &asked, 1, nullptr, queue); });
    if (const auto error = rd_kafka_event_error(answer.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return error;
    }
    return rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(answer.get()))->elems[0].err;
}

std::pair<std::int64_t, std::int64_t> Admin::watermarks(const std::string& topic, int partition) {
    std::int64_t low = -1;
    std::int64_t high = -1;
    rd_kafka_query_watermark_offsets(client_.get(), topic.c_str(), partition, &low, &high, patience_ms);
    return {low, high};
}

std::set<std::string> Admin::groups() {
    const auto answer = ask([](auto* client, auto* queue) { rd_kafka_ListConsumerGroups(client, nullptr, queue); });
    std::size_t count = 0;
    const auto* result = rd_kafka_event_ListConsumerGroups_result(answer.get());
    const auto* const* listed = rd_kafka_ListConsumerGroups_result_valid(result, &count);
    std::set<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
        names.insert(rd_kafka_ConsumerGroupListing_group_id(listed[i]));
    }
    return names;
}

GroupDescription Admin::describe_group(const std::string& name) {
    const char* asked = name.c_str();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_DescribeConsumerGroups(client, &asked, 1, nullptr, queue); });
    std::size_t count = 0;
    const auto* result = rd_kafka_event_DescribeConsumerGroups_result(answer.get());
    const auto* group = rd_kafka_DescribeConsumerGroups_result_groups(result, &count)[0];
    GroupDescription description{
        .state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(group)),
        .assignor = rd_kafka_ConsumerGroupDescription_partition_assignor(group),
        .instances = {},
    };
    for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(group); ++i) {
        const auto* member = rd_kafka_ConsumerGroupDescription_member(group, i);
        const char* instance = rd_kafka_MemberDescription_group_instance_id(member);
        description.instances.emplace_back(instance == nullptr ? "" : instance);
    }
    return description;
}

rd_kafka_resp_err_t Admin::delete_group(const std::string& name) {
    const DeleteGroup group(rd_kafka_DeleteGroup_new(name.c_str()));
    auto* asked = group.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_DeleteGroups(client, &asked, 1, nullptr, queue); });
    return group_error(
        answer.get(), rd_kafka_event_DeleteGroups_result(answer.get()), rd_kafka_DeleteGroups_result_groups
    );
}

rd_kafka_resp_err_t Admin::set_offset(
    const std::string& group, const std::string& topic, int partition, std::int64_t offset
) {
    const auto offsets = one_partition(topic, partition, offset);
    const AlterOffsets request(rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), offsets.get()));
    auto* asked = request.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_AlterConsumerGroupOffsets(client, &asked, 1, nullptr, queue); });
    const auto* result = rd_kafka_event_AlterConsumerGroupOffsets_result(answer.get());
    return group_error(answer.get(), result, rd_kafka_AlterConsumerGroupOffsets_result_groups);
}

rd_kafka_resp_err_t Admin::delete_offset(const std::string& group, const std::string& topic, int partition) {
    const auto offsets = one_partition(topic, partition, RD_KAFKA_OFFSET_INVALID);
    const DeleteOffsets request(rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), offsets.get()));
    auto* asked = request.get();
    const auto answer =
        ask([&](auto* client, auto* queue) { rd_kafka_DeleteConsumerGroupOffsets(client, &asked, 1, nullptr, queue); });
    const auto* result = rd_kafka_event_DeleteConsumerGroupOffsets_result(answer.get());
    return group_error(answer.get(), result, rd_kafka_DeleteConsumerGroupOffsets_result_groups);
}

std::string fresh_topic(int partitions, const Settings& configs) {
    Admin admin;
    auto name = fresh_name("topic");
    EXPECT_EQ(admin.create_topic(name, partitions, configs), RD_KAFKA_RESP_ERR_NO_ERROR);
    const auto known = [&] { return admin.partitions(name).has_value(); };
    EXPECT_TRUE(poll_until({}, known)) << "the controller made the topic, the broker does not know it";
    return name;
}

}  // namespace barnabas::e2e
