"""Scenarios with aiokafka, the asyncio client. It has eager assignors and reads some admin answers as raw messages."""
import asyncio
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from scenarios import BOOTSTRAP, CODECS, HEADERS, TIMESTAMP, fresh, numbers, run, scenario

ASSIGNORS = {"range": RangePartitionAssignor, "sticky": StickyPartitionAssignor}


@asynccontextmanager
async def admin_client():
    admin = AIOKafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def new_topic(partitions=1, **config):
    name = fresh("aiokafka")
    async with admin_client() as admin:
        configs = {k.replace("_", "."): v for k, v in config.items()}
        answer = await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
        assert answer.topic_errors[0][1] == 0, answer
        while name not in await admin.list_topics():
            await asyncio.sleep(0.05)
    return name


@asynccontextmanager
async def producer(**settings):
    async with AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, **settings) as client:
        yield client


async def send(topic, values, **settings):
    async with producer(**settings) as client:
        return await asyncio.gather(*[await client.send(topic, value, partition=0) for value in values])


@asynccontextmanager
async def member(group, topic, **settings):
    async with AIOKafkaConsumer(topic, bootstrap_servers=BOOTSTRAP, group_id=group, auto_offset_reset="earliest",
                                enable_auto_commit=False, heartbeat_interval_ms=300, session_timeout_ms=6000,
                                **settings) as client:
        yield client


async def read(consumer, count):
    return [await asyncio.wait_for(consumer.getone(), 20) for _ in range(count)]


async def read_topic(topic, count):
    async with member(fresh("group"), topic) as consumer:
        return await read(consumer, count)


async def until(condition, seconds=30):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


def partitions(consumer):
    return {p.partition for p in consumer.assignment()}


@scenario("records keep key, value, headers and timestamp")
async def records():
    topic = await new_topic()
    async with producer() as client:
        await client.send_and_wait(topic, b"value", b"key", headers=HEADERS, timestamp_ms=TIMESTAMP)
        await client.send_and_wait(topic, None, b"key")
    first, second = await read_topic(topic, 2)
    assert (first.key, first.value, list(first.headers), first.timestamp) == (b"key", b"value", HEADERS, TIMESTAMP), first
    assert second.value is None


@scenario("codec", *CODECS)
async def codec(name):
    topic = await new_topic()
    await send(topic, numbers(2000), compression_type=None if name == "none" else name, linger_ms=20)
    assert [r.value for r in await read_topic(topic, 2000)] == numbers(2000)


@scenario("an idempotent producer delivers in order")
async def idempotent():
    topic = await new_topic()
    sent = await send(topic, numbers(2000), enable_idempotence=True, max_batch_size=500)
    assert [s.offset for s in sent] == list(range(2000))
    assert [r.value for r in await read_topic(topic, 2000)] == numbers(2000)


@scenario("a record that is too large is refused")
async def too_large():
    topic = await new_topic(max_message_bytes="10000")
    try:
        await send(topic, [bytes(20_000)])
        raise AssertionError("was taken")
    except errors.MessageSizeTooLargeError:
        pass
    await send(topic, [b"small"])


@scenario("a group goes on where it committed")
async def commit():
    topic, group = await new_topic(), fresh("group")
    await send(topic, numbers(10))
    where = TopicPartition(topic, 0)
    async with member(group, topic) as first:
        await read(first, 10)
        await first.commit({where: (6, "here")})
    async with member(group, topic) as second:
        assert (await read(second, 1))[0].offset == 6
        assert await second.committed(where) == 6


@scenario("two members share, and one takes all back:", *ASSIGNORS)
async def rebalance(name):
    topic, group = await new_topic(4), fresh("group")
    settings = {"partition_assignment_strategy": [ASSIGNORS[name]]}
    async with member(group, topic, **settings) as first:
        await until(lambda: len(partitions(first)) == 4)
        async with member(group, topic, **settings) as second:
            await until(lambda: len(partitions(first)) == len(partitions(second)) == 2)
            assert partitions(first) | partitions(second) == {0, 1, 2, 3}
        await until(lambda: len(partitions(first)) == 4)


@scenario("a static member comes back to its partitions")
async def static_member():
    topic, group = await new_topic(2), fresh("group")
    async with member(group, topic, group_instance_id="two") as second:
        async with member(group, topic, group_instance_id="one") as first:
            await until(lambda: len(partitions(first)) == len(partitions(second)) == 1)
            had = partitions(first)
        async with member(group, topic, group_instance_id="one") as first:
            await until(lambda: partitions(first))
            assert partitions(first) == had and len(partitions(second)) == 1


@scenario("offsets are found by time, and one that is out of range is reset")
async def offsets():
    topic, group = await new_topic(), fresh("group")
    async with producer() as client:
        for i in range(10):
            await client.send_and_wait(topic, b"x", timestamp_ms=TIMESTAMP + i * 1000)
    where = TopicPartition(topic, 0)
    async with member(group, topic) as consumer:
        assert await consumer.beginning_offsets([where]) == {where: 0}
        assert await consumer.end_offsets([where]) == {where: 10}
        assert (await consumer.offsets_for_times({where: TIMESTAMP + 4500}))[where].offset == 5
        await until(lambda: partitions(consumer))
        consumer.seek(where, 1000)
        assert (await read(consumer, 1))[0].offset == 0
        await consumer.commit({where: 7})
    async with admin_client() as admin:
        assert (await admin.list_consumer_group_offsets(group))[where].offset == 7


@scenario("topics are made, described, grown and deleted")
async def topics():
    topic = await new_topic(2)
    async with admin_client() as admin:
        refused = await admin.create_topics([NewTopic(topic, 2, 1)])
        assert refused.topic_errors[0][1] == errors.TopicAlreadyExistsError.errno, refused
        await admin.create_partitions({topic: NewPartitions(3)})
        (described,) = await admin.describe_topics([topic])
        assert len(described["partitions"]) == 3
        await admin.delete_topics([topic])
        assert topic not in await admin.list_topics()


@scenario("configurations are read and changed")
async def configs():
    topic = await new_topic(retention_ms="12345")
    async with admin_client() as admin:
        async def value(key):
            (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            return {entry[0]: entry[1] for entry in answer.resources[0][4]}[key]
        assert await value("retention.ms") == "12345"
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": "compact"})])
        assert await value("cleanup.policy") == "compact"


@scenario("groups are listed and described")
async def groups():
    topic, group = await new_topic(), fresh("group")
    async with member(group, topic) as consumer, admin_client() as admin:
        await until(lambda: partitions(consumer))
        assert (group, "consumer") in [g[:2] for g in await admin.list_consumer_groups()]
        (answer,) = await admin.describe_consumer_groups([group])
        (described,) = answer.groups
        assert described[2] == "Stable" and len(described[5]) == 1, described


@scenario("records are deleted")
async def delete_records():
    topic = await new_topic()
    await send(topic, numbers(10))
    async with admin_client() as admin:
        where = TopicPartition(topic, 0)
        assert await admin.delete_records({where: RecordsToDelete(4)}) == {where: 4}
    assert (await read_topic(topic, 6))[0].offset == 4


run()
