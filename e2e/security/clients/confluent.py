"""librdkafka in Python: each mechanism, right and wrong, and longer than a session lasts."""
import os
import sys
import time

from confluent_kafka import Consumer, KafkaError, Producer

MECHANISMS = {"PLAIN": ("alice", os.environ["ALICE"]), "SCRAM-SHA-256": ("carol", os.environ["CAROL"]), "SCRAM-SHA-512": ("carol", os.environ["CAROL"])}


def settings(mechanism, password=None):
    user, right = MECHANISMS[mechanism]
    return {"bootstrap.servers": os.environ["BOOTSTRAP"], "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
            "sasl.username": user, "sasl.password": password or right}


def right(mechanism):
    topic = f"confluent-{mechanism}"
    errors = []
    producer = Producer(settings(mechanism) | {"error_cb": errors.append})
    ends = time.time() + 3  # two sessions
    sent = 0
    while time.time() < ends:
        producer.produce(topic, f"{sent}".encode())
        assert producer.flush(5) == 0, "delivered"
        sent += 1
        time.sleep(0.2)
    consumer = Consumer(settings(mechanism) | {"group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    seen = 0
    ends = time.time() + 20
    while seen < sent and time.time() < ends:
        message = consumer.poll(1)
        seen += message is not None and message.error() is None
    consumer.close()
    assert seen == sent, (seen, sent)
    assert not [each for each in errors if each.code() == KafkaError._AUTHENTICATION], errors


def wrong(mechanism):
    errors = []
    producer = Producer(settings(mechanism, "wrong") | {"error_cb": errors.append})
    ends = time.time() + 10
    while not any(each.code() == KafkaError._AUTHENTICATION for each in errors):
        assert time.time() < ends, errors
        producer.poll(0.1)


passed = failed = 0
for mechanism in MECHANISMS:
    for scenario in (right, wrong):
        try:
            scenario(mechanism)
            passed += 1
        except Exception as error:
            failed += 1
            print(f"FAILED {scenario.__name__} {mechanism}: {error!r}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
