"""Scenarios with kafka-python, which speaks the protocol in Python alone."""
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.structs import OffsetAndMetadata

from scenarios import BOOTSTRAP, CODECS, HEADERS, TIMESTAMP, fresh, numbers, raises, run, scenario, until

admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)


def new_topic(partitions=1, **config):
    name = fresh("kafka-python")
    options = {"num_partitions": partitions, "replication_factor": 1,
               "configs": {k.replace("_", "."): v for k, v in config.items()}}
    admin.create_topics({name: options}, wait_for_metadata=True)
    return name


def send(topic, values, **settings):
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, **settings)
    futures = [producer.send(topic, value) for value in values]
    producer.flush()
    sent = [future.get(30) for future in futures]
    producer.close()
    return sent


def member(group, topic, **settings):
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP, group_id=group, auto_offset_reset="earliest",
                             enable_auto_commit=False, heartbeat_interval_ms=300, session_timeout_ms=6000, **settings)
    consumer.subscribe([topic])
    return consumer


def poll(*consumers):
    """Half a second each: kafka-python 3.0 forgets an assignment that comes just after a shorter poll has ended."""
    return [record for c in consumers for records in c.poll(500).values() for record in records]


def read(consumer, count):
    records = []
    until(lambda: len(records) >= count, lambda: records.extend(poll(consumer)))
    return records


def read_topic(topic, count):
    consumer = member(fresh("group"), topic)
    records = read(consumer, count)
    consumer.close()
    return records


def partitions(consumer):
    return {p.partition for p in consumer.assignment()}


@scenario("records keep key, value, headers and timestamp")
def records():
    topic = new_topic()
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP)
    producer.send(topic, b"value", b"key", headers=HEADERS, timestamp_ms=TIMESTAMP)
    producer.send(topic, None, b"key")
    producer.flush()
    producer.close()
    first, second = read_topic(topic, 2)
    assert (first.key, first.value, list(first.headers), first.timestamp) == (b"key", b"value", HEADERS, TIMESTAMP), first
    assert second.value is None


@scenario("codec", *CODECS)
def codec(name):
    topic = new_topic()
    send(topic, numbers(2000), compression_type=None if name == "none" else name, linger_ms=20)
    assert [r.value for r in read_topic(topic, 2000)] == numbers(2000)


@scenario("an idempotent producer delivers in order")
def idempotent():
    topic = new_topic()
    sent = send(topic, numbers(2000), enable_idempotence=True, batch_size=500)
    assert [s.offset for s in sent] == list(range(2000))
    assert [r.value for r in read_topic(topic, 2000)] == numbers(2000)


@scenario("a record that is too large is refused")
def too_large():
    topic = new_topic(max_message_bytes="10000")
    raises(errors.MessageSizeTooLargeError, send, topic, [bytes(20_000)])
    send(topic, [b"small"])


@scenario("a group goes on where it committed")
def commit():
    topic, group = new_topic(), fresh("group")
    send(topic, numbers(10))
    first = member(group, topic)
    read(first, 10)
    where = TopicPartition(topic, 0)
    first.commit({where: OffsetAndMetadata(6, "here", -1)})
    first.close()
    second = member(group, topic)
    assert read(second, 1)[0].offset == 6
    assert second.committed(where, metadata=True).metadata == "here"
    second.close()


ASSIGNORS = {"range": RangePartitionAssignor, "cooperative-sticky": CooperativeStickyAssignor}


@scenario("two members share, and one takes all back:", *ASSIGNORS)
def rebalance(name):
    assignor = ASSIGNORS[name]
    topic, group = new_topic(4), fresh("group")
    first = member(group, topic, partition_assignment_strategy=[assignor])
    until(lambda: len(partitions(first)) == 4, lambda: poll(first))
    second = member(group, topic, partition_assignment_strategy=[assignor])
    until(lambda: len(partitions(first)) == len(partitions(second)) == 2, lambda: poll(first, second))
    assert partitions(first) | partitions(second) == {0, 1, 2, 3}
    second.close()
    until(lambda: len(partitions(first)) == 4, lambda: poll(first))
    first.close()


@scenario("a static member comes back to its partitions")
def static_member():
    topic, group = new_topic(2), fresh("group")
    first = member(group, topic, group_instance_id="one")
    until(lambda: len(partitions(first)) == 2, lambda: poll(first))
    second = member(group, topic, group_instance_id="two")
    until(lambda: len(partitions(first)) == len(partitions(second)) == 1, lambda: poll(first, second))
    had = partitions(first)
    first.close()
    first = member(group, topic, group_instance_id="one")
    until(lambda: partitions(first), lambda: poll(first, second))
    assert partitions(first) == had and len(partitions(second)) == 1
    first.close()
    second.close()


@scenario("offsets are found by time and reset")
def offsets():
    topic, group = new_topic(), fresh("group")
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, batch_size=0)
    for i in range(10):
        producer.send(topic, b"x", timestamp_ms=TIMESTAMP + i * 1000).get(30)
    producer.close()
    where = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP)
    assert consumer.beginning_offsets([where]) == {where: 0}
    assert consumer.end_offsets([where]) == {where: 10}
    assert consumer.offsets_for_times({where: TIMESTAMP + 4500})[where].offset == 5
    consumer.close()
    admin.alter_group_offsets(group, {where: OffsetAndMetadata(7, "", -1)})
    assert admin.list_group_offsets({group: [where]})[group][where].offset == 7
    consumer = member(group, topic)
    assert read(consumer, 1)[0].offset == 7
    consumer.close()


@scenario("topics are made, described, grown and deleted")
def topics():
    topic = new_topic(2)
    raises(errors.TopicAlreadyExistsError, admin.create_topics, [topic])
    admin.create_partitions({topic: 3})
    (described,) = admin.describe_topics([topic])
    assert len(described["partitions"]) == 3
    admin.delete_topics([topic])
    assert topic not in admin.list_topics()


@scenario("configurations are read and changed")
def configs():
    topic = new_topic(retention_ms="12345")

    def value(key):
        described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
        return described["topic"][topic][key]["value"]
    assert value("retention.ms") == "12345"
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": "compact"})])
    assert (value("cleanup.policy"), value("retention.ms")) == ("compact", "12345")


@scenario("groups are listed, described and deleted")
def groups():
    topic, group = new_topic(), fresh("group")
    consumer = member(group, topic)
    until(lambda: partitions(consumer), lambda: poll(consumer))
    assert group in {g["group_id"] for g in admin.list_groups()}
    described = admin.describe_groups([group])[group]
    assert described["group_state"] == "Stable" and len(described["members"]) == 1, described
    consumer.close()
    admin.delete_groups([group])
    assert group not in {g["group_id"] for g in admin.list_groups()}


@scenario("records are deleted")
def delete_records():
    topic = new_topic()
    send(topic, numbers(10))
    admin.delete_records({TopicPartition(topic, 0): 4})
    assert read_topic(topic, 6)[0].offset == 4


@scenario("the cluster is described")
def cluster():
    described = admin.describe_cluster()
    assert [f"{b['host']}:{b['port']}" for b in described["brokers"]] == [BOOTSTRAP], described
    assert admin.describe_log_dirs() and admin.describe_metadata_quorum()


run()
