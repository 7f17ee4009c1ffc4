#!/usr/bin/env python3
"""Writes what a broker's directory can hold: every codec, headers, timestamps, transactions, several segments, deleted
records, changed configurations, committed offsets.   usage: fill.py BOOTSTRAP [--more] [--transactions]
With --more the topics are there already, and records are added to them."""
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

PARTITIONS = 2
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def bodies(topic, count):
    return [(f"{topic}-{i % 40}".encode(), f"{topic} {i} ".encode() * (1 + i % 7)) for i in range(count)]


def send(bootstrap, topic, records, codec="none", headers=None, first_timestamp=None, **options):
    failures = []
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 5, **options})
    for i, (key, value) in enumerate(records):
        extra = {} if first_timestamp is None else {"timestamp": first_timestamp + i * 1000}
        producer.produce(topic, value, key, partition=i % PARTITIONS, headers=headers,
                         on_delivery=lambda error, _: failures.append(error) if error else None, **extra)
        producer.poll(0)
    left = producer.flush(60)
    if left or failures:
        raise SystemExit(f"{topic}: {left} records not delivered, {failures[:3]}")


def send_transactions(bootstrap):
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": "filler"})
    producer.init_transactions(30)
    for commit in (True, False, True):
        producer.begin_transaction()
        for i, (key, value) in enumerate(bodies("transactions", 60)):
            producer.produce("transactions", value, key, partition=i % PARTITIONS)
        producer.flush(30)
        producer.commit_transaction(30) if commit else producer.abort_transaction(30)


def create_topics(admin, transactions):
    settings = {
        **{f"codec-{codec}": {} for codec in CODECS},
        "idempotent": {}, "headers": {}, "timestamps": {"retention.ms": "-1"}, "shortened": {}, "deleted": {},
        "stamped": {"message.timestamp.type": "LogAppendTime"},
        "compressed-by-broker": {"compression.type": "lz4"},
        "compacted": {"cleanup.policy": "compact"},
        "segments": {"segment.bytes": "1048576", "index.interval.bytes": "1024"},
    }
    if transactions:
        settings["transactions"] = {}
    new = [NewTopic(name, PARTITIONS, 1, config=config) for name, config in settings.items()]
    for future in admin.create_topics(new, request_timeout=30).values():
        future.result()


def commit_offsets(bootstrap, offset):
    for group in ("readers", "others"):
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False})
        consumer.commit(offsets=[TopicPartition("codec-none", p, offset + p, metadata=group) for p in range(PARTITIONS)],
                        asynchronous=False)
        consumer.close()


def change_things(admin):
    change = ConfigResource(ResourceType.TOPIC, "codec-gzip")
    change.add_incremental_config(ConfigEntry("retention.ms", "1234567890", incremental_operation=AlterConfigOpType.SET))
    for future in admin.incremental_alter_configs([change]).values():
        future.result()
    for future in admin.delete_records([TopicPartition("shortened", 0, 50)]).values():
        future.result()
    for future in admin.delete_topics(["deleted"]).values():
        future.result()


def main():
    bootstrap, more, transactions = sys.argv[1], "--more" in sys.argv, "--transactions" in sys.argv
    admin = AdminClient({"bootstrap.servers": bootstrap})
    if not more:
        create_topics(admin, transactions)
    for codec in CODECS:
        send(bootstrap, f"codec-{codec}", bodies(codec, 300), codec)
    send(bootstrap, "idempotent", bodies("idempotent", 300), "lz4", **{"enable.idempotence": True})
    send(bootstrap, "headers", bodies("headers", 100), headers=[("a", b"1"), ("a", b""), ("empty", None)])
    send(bootstrap, "timestamps", bodies("timestamps", 100), first_timestamp=1600000000000)
    send(bootstrap, "shortened", bodies("shortened", 200))
    send(bootstrap, "stamped", bodies("stamped", 100))
    send(bootstrap, "compressed-by-broker", bodies("compressed-by-broker", 100))
    send(bootstrap, "compacted", bodies("compacted", 200) + [(b"compacted-1", None), (b"compacted-2", None)])
    send(bootstrap, "segments", [(b"k", b"x" * 20000) for _ in range(120 if more else 400)])
    if transactions:
        send_transactions(bootstrap)
    if not more:
        send(bootstrap, "deleted", bodies("deleted", 20))
        change_things(admin)
    commit_offsets(bootstrap, 20 if more else 10)


main()
