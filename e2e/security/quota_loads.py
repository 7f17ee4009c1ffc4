"""Clients that drive what they have a quota of at ten times its rate, all at once and each in a process of its own."""
import multiprocessing
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from quota_wire import Caller, set_quota
from wire import batch

SECONDS = 11  # what the default windows hold
BYTES = 1_000_000
PERCENT = 3  # a stall of some 10 ms of a thread counts, and must stay small beside it
CONNECTIONS = 20
SERVED_SLOWLY, SERVED_AT_ONCE = "127.0.0.2", "127.0.0.3"
RECORD = 10_000


def set_quotas(address):
    set_quota(address, {"client-id": "loader"}, "producer_byte_rate", BYTES)
    set_quota(address, {"client-id": "reader"}, "consumer_byte_rate", BYTES)
    set_quota(address, {"client-id": "busy"}, "request_percentage", PERCENT)
    set_quota(address, {"ip": SERVED_SLOWLY}, "connection_creation_rate", CONNECTIONS)


def fill(address, topic, size):
    producer = Producer({"bootstrap.servers": address, "queue.buffering.max.kbytes": 100_000})
    for _ in range(size // RECORD):
        producer.produce(topic, b"f" * RECORD)
    assert producer.flush(30) == 0


def produce(address):
    """Bytes a second that were acknowledged, and the throttle times that librdkafka was told."""
    acknowledged, waits = [], []
    producer = Producer({
        "bootstrap.servers": address, "client.id": "loader", "acks": 1, "linger.ms": 5, "batch.size": 100_000,
        "throttle_cb": lambda event: waits.append(event.throttle_time),
        "on_delivery": lambda error, message: acknowledged.append(time.monotonic()) if error is None else None,
    })
    producer.produce("loaded", b"first")
    producer.flush(10)
    begun = time.monotonic()
    sent = 0
    while (now := time.monotonic()) < begun + SECONDS:
        if sent < (now - begun) * 10 * BYTES / RECORD:
            producer.produce("loaded", b"p" * RECORD)
            sent += 1
            producer.poll(0)
        else:
            producer.poll(0.005)
    producer.purge()
    producer.flush(10)
    count = sum(at < begun + SECONDS for at in acknowledged)
    return {"rate": count * RECORD / SECONDS, "waits": [wait for wait in waits if wait > 0]}


def fetch(address):
    """Bytes a second that came, and the throttle times."""
    waits = []
    consumer = Consumer({
        "bootstrap.servers": address, "client.id": "reader", "group.id": "none", "enable.auto.commit": False,
        "fetch.message.max.bytes": 100_000, "queued.max.messages.kbytes": 500,
        "throttle_cb": lambda event: waits.append(event.throttle_time),
    })
    consumer.assign([TopicPartition("filled", 0, 0)])
    got, begun = 0, None
    while begun is None or time.monotonic() < begun + SECONDS:
        for message in consumer.consume(100, 0.05):
            assert message.error() is None, message.error()
            got += len(message.value())
        begun = begun or (time.monotonic() if got else None)
    consumer.close()
    return {"rate": got / SECONDS, "waits": [wait for wait in waits if wait > 0]}


def keep_busy(address):
    """Requests that were answered, and the throttle times."""
    count, waits, deadline = 0, [], time.monotonic() + SECONDS
    with Caller(address, "busy") as client:
        while time.monotonic() < deadline:
            waits.append(client.describe_broker() / 1000)
            count += 1
    return {"count": count, "waits": [wait for wait in waits if wait > 0]}


def stand_by(address):
    """Seconds that produces took of a client that nobody limits, sorted, and its throttle times."""
    records, took, waits, deadline = batch(b"b" * 1000), [], [], time.monotonic() + SECONDS
    with Caller(address, "bystander") as client:
        while (begun := time.monotonic()) < deadline:
            waits.append(client.produce_one("bystander", records))
            took.append(time.monotonic() - begun)
            time.sleep(0.01)
    return {"took": sorted(took), "waits": [wait for wait in waits if wait > 0]}


def connect(address, source):
    """Connections that were served, those that were closed, and how long the served ones took, sorted."""
    took, closed, begun = [], 0, time.monotonic()
    while (now := time.monotonic()) < begun + SECONDS:
        try:
            with Caller(address, "connecting", source) as client:
                client.answers()
                took.append(time.monotonic() - now)
        except OSError:
            closed += 1
        if source == SERVED_AT_ONCE:
            time.sleep(0.1)
        else:
            time.sleep(0.002)
    return {"rate": len(took) / SECONDS, "closed": closed, "took": sorted(took)}


def run(address, slow_listener):
    """What became of each client, by its name."""
    jobs = {
        "producer": (produce, address),
        "consumer": (fetch, address),
        "busy": (keep_busy, address),
        "bystander": (stand_by, address),
        "address": (connect, address, SERVED_SLOWLY),
        "another address": (connect, address, SERVED_AT_ONCE),
        "listener": (connect, slow_listener, None),
    }
    with multiprocessing.get_context("fork").Pool(len(jobs)) as pool:
        running = {name: pool.apply_async(job, words) for name, (job, *words) in jobs.items()}
        return {name: result.get(60) for name, result in running.items()}
