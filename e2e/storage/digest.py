#!/usr/bin/env python3
"""Prints what a broker holds, a line for each fact: topics with their ids and configurations, a digest of each partition's
records, groups and committed offsets. Two brokers hold the same when the lines are equal.   usage: digest.py BOOTSTRAP"""
import hashlib
import json
import sys

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource, OffsetSpec, ResourceType


def show(**facts):
    print(json.dumps(facts), flush=True)


def topics(admin):
    names = sorted(name for name in admin.list_topics(timeout=20).topics if not name.startswith("__"))
    described = admin.describe_topics(TopicCollection(names))
    configs = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names])
    own = {}
    for resource, future in configs.items():
        own[resource.name] = {e.name: e.value for e in future.result().values() if e.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value}
    for name in names:
        topic = described[name].result()
        show(topic=name, id=str(topic.topic_id), partitions=len(topic.partitions), configs=dict(sorted(own[name].items())))
    return {name: sorted(p.id for p in described[name].result().partitions) for name in names}


def partition(bootstrap, admin, topic, number, isolation):
    place = TopicPartition(topic, number)
    ends = {}
    for what, spec in (("start", OffsetSpec.earliest()), ("end", OffsetSpec.latest()), ("greatest", OffsetSpec.max_timestamp())):
        ends[what] = admin.list_offsets({place: spec})[place].result().offset
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "digest", "isolation.level": isolation,
                         "enable.partition.eof": True, "auto.offset.reset": "earliest", "enable.auto.commit": False,
                         "check.crcs": True, "fetch.wait.max.ms": 10})
    consumer.assign([TopicPartition(topic, number, ends["start"])])
    digest, count = hashlib.sha256(), 0
    while True:
        message = consumer.poll(15)
        if message is None:
            raise SystemExit(f"{topic}-{number}: no record and no end within 15 s")
        if message.error():
            break
        headers = [[k, None if v is None else v.hex()] for k, v in (message.headers() or [])]
        value = None if message.value() is None else message.value().hex()
        digest.update(json.dumps([message.offset(), message.timestamp(), (message.key() or b"").hex(), value, headers]).encode())
        count += 1
    consumer.close()
    show(topic=topic, partition=number, isolation=isolation, **ends, records=count, sha256=digest.hexdigest())


def groups(admin):
    for group in sorted(g.group_id for g in admin.list_consumer_groups().result().valid if g.group_id != "digest"):
        asked = [ConsumerGroupTopicPartitions(group)]
        for place in sorted(admin.list_consumer_group_offsets(asked)[group].result().topic_partitions):
            show(group=group, topic=place.topic, partition=place.partition, offset=place.offset, metadata=place.metadata)


def main():
    bootstrap = sys.argv[1]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for topic, numbers in topics(admin).items():
        for number in numbers:
            for isolation in ("read_uncommitted", "read_committed") if topic == "transactions" else ("read_uncommitted",):
                partition(bootstrap, admin, topic, number, isolation)
    groups(admin)


main()
