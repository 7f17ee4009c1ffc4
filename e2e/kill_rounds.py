#!/usr/bin/env python3
"""Kills a node with SIGKILL under load, again and again, and checks what it had acknowledged.

One idempotent producer writes numbered records through all the kills; a group commits offsets. After each start the committed
offset is the acknowledged one; in the end every acknowledged record is at its offset, none is there twice, numbers grow.
usage: kill_rounds.py DIRECTORY KIND ROUNDS     KIND is what broker.sh can start"""
import pathlib
import random
import subprocess
import sys
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

BROKER = pathlib.Path(__file__).parent / "broker.sh"
TOPIC = "numbers"
PARTITIONS = 3
MOST_WAITING = 20000
FINAL_FLUSH_SECONDS = 120


class Node:
    def __init__(self, directory, kind):
        self.directory, self.kind = directory, kind

    def run(self, *command):
        return subprocess.run([BROKER, *command, self.directory], check=True, capture_output=True, text=True).stdout.strip()

    def start(self):
        return self.run("start", self.kind)

    def kill(self):
        self.run("kill")


class Load:
    """Numbered records; what was acknowledged, by partition and offset."""

    def __init__(self, bootstrap):
        self.producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 2, "acks": "all",
                                  "message.timeout.ms": 600000, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200,
                                  "queue.buffering.max.messages": 2 * MOST_WAITING, "log_level": 2})
        self.next = 0
        self.acknowledged = {}
        self.failures = []

    def delivered(self, error, message):
        if error:
            self.failures.append(str(error))
        else:
            self.acknowledged[message.partition(), message.offset()] = int(message.value())

    def go_on(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if len(self.producer) < MOST_WAITING:
                for _ in range(50):
                    self.producer.produce(TOPIC, str(self.next), partition=self.next % PARTITIONS, on_delivery=self.delivered)
                    self.next += 1
            self.producer.poll(0.005)


def committing(bootstrap):
    return Consumer({"bootstrap.servers": bootstrap, "group.id": "kept", "enable.auto.commit": False, "log_level": 2})


def commit(consumer, offset):
    """The last offset whose commit was acknowledged."""
    consumer.commit(offsets=[TopicPartition(TOPIC, 0, offset)], asynchronous=False)
    return offset


def committed(bootstrap):
    consumer = committing(bootstrap)
    for _ in range(20):
        try:
            place = consumer.committed([TopicPartition(TOPIC, 0)], timeout=10)[0]
            return place.offset
        except KafkaException:
            time.sleep(0.5)
        finally:
            consumer.close()
            consumer = committing(bootstrap)
    return None


def read_all(bootstrap):
    found = {}
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "enable.partition.eof": True,
                         "enable.auto.commit": False, "check.crcs": True})
    consumer.assign([TopicPartition(TOPIC, p, 0) for p in range(PARTITIONS)])
    ended = set()
    while len(ended) < PARTITIONS:
        message = consumer.poll(20)
        if message is None:
            raise SystemExit("no record and no end within 20 s")
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise SystemExit(str(message.error()))
            ended.add(message.partition())
        else:
            found[message.partition(), message.offset()] = int(message.value())
    consumer.close()
    return found


def problems(load, found):
    """What is wrong with the whole history."""
    wrong = []
    lost = [place for place, number in load.acknowledged.items() if found.get(place) != number]
    if lost:
        wrong.append(f"{len(lost)} acknowledged records are lost or changed, the first at {sorted(lost)[:3]}")
    for partition in range(PARTITIONS):
        numbers = [found[place] for place in sorted(found) if place[0] == partition]
        offsets = [place[1] for place in sorted(found) if place[0] == partition]
        if len(set(numbers)) != len(numbers):
            wrong.append(f"partition {partition}: {len(numbers) - len(set(numbers))} records are there twice")
        if numbers != sorted(numbers):
            wrong.append(f"partition {partition}: records are out of order")
        if offsets != list(range(len(offsets))):
            wrong.append(f"partition {partition}: offsets have gaps")
    if load.failures:
        wrong.append(f"{len(load.failures)} records were refused: {load.failures[0]}")
    if len(load.acknowledged) != load.next:
        wrong.append(f"{load.next - len(load.acknowledged)} records were never acknowledged")
    return wrong


def main():
    directory, kind, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    node = Node(directory, kind)
    bootstrap = node.start()
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result()
    load = Load(bootstrap)
    passed = failed = 0
    for number in range(1, rounds + 1):
        load.go_on(chance.uniform(0.2, 1.0))
        consumer = committing(bootstrap)
        kept = commit(consumer, number * 10)
        load.go_on(chance.uniform(0.1, 0.5))
        before = len(load.acknowledged)
        node.kill()
        started = time.monotonic()
        node.start()
        took = time.monotonic() - started
        consumer.close()
        now = committed(bootstrap)
        good = now == kept
        passed, failed = passed + good, failed + (not good)
        print(f"round {number}: killed after {before} acknowledged records, up again in {took:.2f} s, committed offset {now}"
              + ("" if good else f", but {kept} was acknowledged"), flush=True)
    load.producer.flush(FINAL_FLUSH_SECONDS)
    wrong = problems(load, read_all(bootstrap))
    for line in wrong:
        print(line)
    print(f"{len(load.acknowledged)} acknowledged records checked")
    print(f"{passed + (not wrong)} passed, {failed + bool(wrong)} failed")
    return 1 if failed or wrong else 0


sys.exit(main())
