"""Scenarios with confluent-kafka, the Python face of a recent librdkafka."""
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic,
                                   OffsetSpec, ResourceType)

from scenarios import BOOTSTRAP, CODECS, HEADERS, TIMESTAMP, fresh, numbers, raises, run, scenario, until

admin = AdminClient({"bootstrap.servers": BOOTSTRAP})


def result(futures):
    """The answer about the one thing that was asked about."""
    (future,) = futures.values()
    return future.result(20)


def new_topic(partitions=1, **config):
    name = fresh("confluent")
    result(admin.create_topics([NewTopic(name, partitions, 1, config={k.replace("_", "."): v for k, v in config.items()})]))
    until(lambda: name in admin.list_topics(timeout=10).topics, lambda: None)
    return name


def send(topic, values, partition=0, **settings):
    """The delivery reports, in the order of the records."""
    reports = []
    producer = Producer({"bootstrap.servers": BOOTSTRAP, **{k.replace("_", "."): v for k, v in settings.items()}})
    for value in values:
        producer.produce(topic, value, partition=partition, on_delivery=lambda error, message: reports.append((error, message)))
    assert producer.flush(30) == 0
    return reports


def member(group, topic, watch=None, **settings):
    """A member whose partitions are in `watch`, a set."""
    watch = set() if watch is None else watch
    consumer = Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": group, "auto.offset.reset": "earliest",
                         "enable.auto.commit": False, "heartbeat.interval.ms": 500, "session.timeout.ms": 6000,
                         **{k.replace("_", "."): v for k, v in settings.items()}})
    consumer.subscribe([topic], on_assign=lambda _, given: watch.update(p.partition for p in given),
                       on_revoke=lambda _, taken: watch.difference_update({p.partition for p in taken}))
    return consumer


def read(consumer, count):
    records = []
    until(lambda: len(records) >= count, lambda: records.extend(consumer.consume(count - len(records), 0.1)))
    assert not [r.error() for r in records if r.error()]
    return records


def read_topic(topic, count):
    consumer = member(fresh("group"), topic)
    records = read(consumer, count)
    consumer.close()
    return records


@scenario("records keep key, value, headers and timestamp")
def records():
    topic = new_topic()
    producer = Producer({"bootstrap.servers": BOOTSTRAP})
    producer.produce(topic, b"value", b"key", headers=HEADERS, timestamp=TIMESTAMP)
    producer.produce(topic, None, b"key")
    assert producer.flush(30) == 0
    first, second = read_topic(topic, 2)
    assert (first.key(), first.value(), first.headers(), first.timestamp()[1]) == (b"key", b"value", HEADERS, TIMESTAMP)
    assert second.value() is None


@scenario("codec", *CODECS)
def codec(name):
    topic = new_topic()
    send(topic, numbers(2000), compression_type=name, linger_ms=20)
    assert [r.value() for r in read_topic(topic, 2000)] == numbers(2000)


@scenario("an idempotent producer delivers in order")
def idempotent():
    topic = new_topic()
    reports = send(topic, numbers(2000), enable_idempotence=True, batch_num_messages=20, linger_ms=0)
    assert [(error, message.offset()) for error, message in reports] == [(None, i) for i in range(2000)]
    assert [r.value() for r in read_topic(topic, 2000)] == numbers(2000)


@scenario("a record that is too large is refused")
def too_large():
    topic = new_topic()
    ((error, _),) = send(topic, [bytes(1_200_000)], message_max_bytes=5_000_000)
    assert error.code() == KafkaError.MSG_SIZE_TOO_LARGE, error
    ((error, _),) = send(topic, [b"small"])
    assert error is None


@scenario("a group goes on where it committed")
def commit():
    topic, group = new_topic(), fresh("group")
    send(topic, numbers(10))
    first = member(group, topic)
    read(first, 10)
    first.commit(offsets=[TopicPartition(topic, 0, 6)], asynchronous=False)
    first.close()
    second = member(group, topic)
    assert read(second, 1)[0].offset() == 6
    assert second.committed([TopicPartition(topic, 0)])[0].offset == 6
    second.close()


@scenario("two members share, and one takes all back:", "range", "cooperative-sticky")
def rebalance(assignor):
    topic, group = new_topic(4), fresh("group")
    ours, theirs = set(), set()
    first = member(group, topic, ours, partition_assignment_strategy=assignor)
    until(lambda: len(ours) == 4, lambda: first.poll(0.1))
    second = member(group, topic, theirs, partition_assignment_strategy=assignor)
    until(lambda: len(ours) == len(theirs) == 2, lambda: (first.poll(0.1), second.poll(0.1)))
    assert ours | theirs == {0, 1, 2, 3}
    second.close()
    until(lambda: len(ours) == 4, lambda: first.poll(0.1))
    first.close()


@scenario("a static member comes back to its partitions")
def static_member():
    topic, group = new_topic(2), fresh("group")
    ours, theirs = set(), set()
    first = member(group, topic, ours, group_instance_id="one")
    second = member(group, topic, theirs, group_instance_id="two")
    until(lambda: len(ours) == len(theirs) == 1, lambda: (first.poll(0.1), second.poll(0.1)))
    had = set(ours)
    first.close()
    first = member(group, topic, ours, group_instance_id="one")
    until(lambda: ours, lambda: (first.poll(0.1), second.poll(0.1)))
    assert ours == had and len(theirs) == 1
    first.close()
    second.close()


@scenario("offsets are found by time and reset")
def offsets():
    topic, group = new_topic(), fresh("group")
    producer = Producer({"bootstrap.servers": BOOTSTRAP, "batch.num.messages": 1})
    for i in range(10):
        producer.produce(topic, b"x", timestamp=TIMESTAMP + i * 1000)
    producer.flush(30)
    where = TopicPartition(topic, 0)

    def find(spec):
        return result(admin.list_offsets({where: spec})).offset
    assert find(OffsetSpec.earliest()) == 0
    assert find(OffsetSpec.latest()) == 10
    assert find(OffsetSpec.max_timestamp()) == 9
    assert find(OffsetSpec.for_timestamp(TIMESTAMP + 4500)) == 5
    result(admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 7)])]))
    listed = result(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])).topic_partitions
    assert [p.offset for p in listed] == [7]
    consumer = member(group, topic)
    assert read(consumer, 1)[0].offset() == 7
    consumer.close()


@scenario("topics are made, described, grown and deleted")
def topics():
    topic = new_topic(2)
    assert raises(KafkaException, result, admin.create_topics([NewTopic(topic, 2, 1)])).args[0].code() == \
        KafkaError.TOPIC_ALREADY_EXISTS
    result(admin.create_partitions([NewPartitions(topic, 3)]))
    assert len(admin.list_topics(timeout=10).topics[topic].partitions) == 3
    result(admin.delete_topics([topic]))
    assert topic not in admin.list_topics(timeout=10).topics


@scenario("configurations are read and changed")
def configs():
    topic = new_topic(retention_ms="12345")
    resource = ConfigResource(ResourceType.TOPIC, topic)
    assert result(admin.describe_configs([resource]))["retention.ms"].value == "12345"
    change = ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.SET)
    result(admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[change])]))
    described = result(admin.describe_configs([resource]))
    assert (described["cleanup.policy"].value, described["retention.ms"].value) == ("compact", "12345")
    wrong = ConfigEntry("cleanup.policy", "burn", incremental_operation=AlterConfigOpType.SET)
    refused = admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[wrong])])
    assert raises(KafkaException, result, refused).args[0].code() == KafkaError.INVALID_CONFIG


@scenario("groups are listed, described and deleted")
def groups():
    topic, group, watch = new_topic(), fresh("group"), set()
    consumer = member(group, topic, watch)
    until(lambda: watch, lambda: consumer.poll(0.1))
    assert group in {g.group_id for g in admin.list_consumer_groups().result(20).valid}
    described = result(admin.describe_consumer_groups([group]))
    assert described.state.name == "STABLE" and len(described.members) == 1, described
    assert described.members[0].assignment.topic_partitions == [TopicPartition(topic, 0)]
    consumer.close()
    result(admin.delete_consumer_groups([group]))
    assert group not in {g.group_id for g in admin.list_consumer_groups().result(20).valid}


@scenario("records are deleted")
def delete_records():
    topic = new_topic()
    send(topic, numbers(10))
    assert result(admin.delete_records([TopicPartition(topic, 0, 4)])).low_watermark == 4
    assert read_topic(topic, 6)[0].offset() == 4


@scenario("the cluster is described")
def cluster():
    described = admin.describe_cluster().result(20)
    assert described.cluster_id and [f"{n.host}:{n.port}" for n in described.nodes] == [BOOTSTRAP]


run()
