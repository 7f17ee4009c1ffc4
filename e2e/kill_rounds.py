#!/usr/bin/env python3
"""Kills a node with SIGKILL under load, again and again, and checks what it had acknowledged.

Several idempotent producers, each on connections of its own with several requests in flight, write numbered records through
all the kills; a group commits offsets. Now and then a node is killed again while it recovers. After each start the committed
offset is the acknowledged one; in the end every acknowledged record is at its offset, none is there twice, and each
producer's numbers grow.
usage: kill_rounds.py DIRECTORY KIND ROUNDS [SEED]     KIND is what broker.sh can start"""
import pathlib
import random
import subprocess
import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

BROKER = pathlib.Path(__file__).parent / "broker.sh"
TOPIC = "numbers"
PARTITIONS = 3
CODECS = ["none", "lz4", "zstd", "none"]  # one producer each
MOST_WAITING = 3000
RECORDS_AT_ONCE = 50
PADDING = "." * 100
FINAL_FLUSH_SECONDS = 120
CHANCE_OF_KILL_IN_RECOVERY = 0.2


class Node:
    def __init__(self, directory, kind):
        self.directory, self.kind = directory, kind

    def run(self, *command):
        return subprocess.run([BROKER, *command, self.directory], check=True, capture_output=True, text=True).stdout.strip()

    def start(self):
        return self.run("start", self.kind)

    def kill(self):
        self.run("kill")

    def start_and_kill(self, after):
        """Kills a node that is just starting."""
        starting = subprocess.Popen([BROKER, "start", self.kind, self.directory], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        time.sleep(after)
        self.kill()
        starting.wait()
        self.kill()


class Load(threading.Thread):
    """One producer's numbered records, produced until `stop`; what was acknowledged, by partition and offset."""

    def __init__(self, bootstrap, name, codec):
        super().__init__(daemon=True)
        self.producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "acks": "all", "linger.ms": 1,
                                  "compression.type": codec, "batch.num.messages": RECORDS_AT_ONCE,
                                  "max.in.flight.requests.per.connection": 5, "message.timeout.ms": 600000,
                                  "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200, "log_level": 2})
        self.name = name
        self.next = 0
        self.acknowledged = {}
        self.failures = []
        self.running = True

    def delivered(self, error, message):
        if error:
            self.failures.append(str(error))
        else:
            name, number, _ = message.value().decode().split(" ")
            self.acknowledged[message.partition(), message.offset()] = name, int(number)

    def run(self):
        while self.running:
            if len(self.producer) < MOST_WAITING:
                for _ in range(RECORDS_AT_ONCE):
                    self.producer.produce(TOPIC, f"{self.name} {self.next} {PADDING}", partition=self.next % PARTITIONS,
                                          on_delivery=self.delivered)
                    self.next += 1
            self.producer.poll(0.002)

    def stop(self):
        self.running = False
        self.join()
        self.producer.flush(FINAL_FLUSH_SECONDS)


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
            name, number, _ = message.value().decode().split(" ")
            found[message.partition(), message.offset()] = name, int(number)
    consumer.close()
    return found


def problems(loads, found):
    """What is wrong with the whole history."""
    wrong = []
    for load in loads:
        lost = [place for place, written in load.acknowledged.items() if found.get(place) != written]
        if lost:
            wrong.append(f"{load.name}: {len(lost)} acknowledged records are lost or changed, the first at {sorted(lost)[:3]}")
        if load.failures:
            wrong.append(f"{load.name}: {len(load.failures)} records were refused: {load.failures[0]}")
        if len(load.acknowledged) != load.next:
            wrong.append(f"{load.name}: {load.next - len(load.acknowledged)} records were never acknowledged")
    for partition in range(PARTITIONS):
        places = sorted(place for place in found if place[0] == partition)
        if [offset for _, offset in places] != list(range(len(places))):
            wrong.append(f"partition {partition}: offsets have gaps")
        for load in loads:
            numbers = [found[place][1] for place in places if found[place][0] == load.name]
            if len(set(numbers)) != len(numbers):
                wrong.append(f"partition {partition}: {len(numbers) - len(set(numbers))} records of {load.name} are there twice")
            if numbers != sorted(numbers):
                wrong.append(f"partition {partition}: records of {load.name} are out of order")
    return wrong


def kill_and_start(node, chance):
    """The seconds that the start took."""
    node.kill()
    if chance.random() < CHANCE_OF_KILL_IN_RECOVERY:
        node.start_and_kill(chance.uniform(0.03, 0.3))
    started = time.monotonic()
    node.start()
    return time.monotonic() - started


def one_round(node, bootstrap, loads, chance, number):
    """Whether the committed offset was there after the kill, and the seconds of the start."""
    time.sleep(chance.uniform(0.2, 1.0))
    consumer = committing(bootstrap)
    kept = commit(consumer, number * 10)
    time.sleep(chance.uniform(0.1, 0.5))
    acknowledged, waiting = sum(len(load.acknowledged) for load in loads), sum(len(load.producer) for load in loads)
    took = kill_and_start(node, chance)
    consumer.close()
    now = committed(bootstrap)
    print(f"round {number}: killed after {acknowledged} acknowledged records with {waiting} waiting, up again in {took:.2f} s, "
          f"committed offset {now}" + ("" if now == kept else f", but {kept} was acknowledged"), flush=True)
    return now == kept, took


def main():
    directory, kind, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    node = Node(directory, kind)
    bootstrap = node.start()
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 2})
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, 1)])[TOPIC].result()
    loads = [Load(bootstrap, f"{codec}-{number}", codec) for number, codec in enumerate(CODECS)]
    for load in loads:
        load.start()
    outcomes = [one_round(node, bootstrap, loads, chance, number) for number in range(1, rounds + 1)]
    for load in loads:
        load.stop()
    wrong = problems(loads, read_all(bootstrap))
    for line in wrong:
        print(line)
    good = sum(kept for kept, _ in outcomes)
    starts = sorted(took for _, took in outcomes)
    print(f"{sum(len(load.acknowledged) for load in loads)} acknowledged records of {len(loads)} producers checked; "
          f"start after a kill: median {starts[len(starts) // 2]:.2f} s, longest {starts[-1]:.2f} s")
    print(f"{good + (not wrong)} passed, {rounds - good + bool(wrong)} failed")
    return 1 if good < rounds or wrong else 0


sys.exit(main())
