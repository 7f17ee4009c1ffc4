"""librdkafka in Python: each mechanism with and without TLS, and by certificate, right and wrong, and longer than a session
lasts."""
import concurrent.futures
import os
import sys
import time

from confluent_kafka import Consumer, KafkaError, Producer

MECHANISMS = {"PLAIN": ("alice", os.environ["ALICE"]), "SCRAM-SHA-256": ("carol", os.environ["CAROL"]), "SCRAM-SHA-512": ("carol", os.environ["CAROL"])}


def listener(name):
    trust = {"ssl.ca.location": os.environ["OWN"] + "/ca.pem"}
    return {
        "BOOTSTRAP": {"security.protocol": "SASL_PLAINTEXT"},
        "SECURE": {"security.protocol": "SASL_SSL", **trust},
        "MUTUAL": {"security.protocol": "SSL", **trust},
    }[name] | {"bootstrap.servers": os.environ[name]}


def password(mechanism, given=None):
    user, right = MECHANISMS[mechanism]
    return {"sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": given or right}


def token(name, ends):
    return {"sasl.mechanism": "OAUTHBEARER", "oauth_cb": lambda _: (os.environ[name], time.time() + ends)}


def certificate(folder):
    return {"ssl.certificate.location": f"{os.environ[folder]}/alice.pem", "ssl.key.location": f"{os.environ[folder]}/alice.pem"}


def right(name, settings):
    topic = f"confluent-{name}"
    errors = []
    producer = Producer(settings | {"error_cb": errors.append})
    ends = time.time() + 3  # two sessions
    sent = 0
    while time.time() < ends:
        producer.produce(topic, f"{sent}".encode())
        assert producer.flush(5) == 0, "delivered"
        sent += 1
        time.sleep(0.2)
    consumer = Consumer(settings | {"group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    seen = 0
    ends = time.time() + 20
    while seen < sent and time.time() < ends:
        message = consumer.poll(1)
        seen += message is not None and message.error() is None
    consumer.close()
    assert seen == sent, (seen, sent)
    assert not [each for each in errors if each.code() == KafkaError._AUTHENTICATION], errors


def wrong(_, settings, code=KafkaError._AUTHENTICATION):
    errors = []
    producer = Producer(settings | {"error_cb": errors.append})
    ends = time.time() + 10
    while not any(each.code() == code for each in errors):
        assert time.time() < ends, errors
        producer.poll(0.1)
    assert not any("planted" in str(each) for each in errors), errors


def scenarios():
    for name in ("BOOTSTRAP", "SECURE"):
        for mechanism in MECHANISMS:
            yield right, f"{mechanism}-{name}", listener(name) | password(mechanism)
            yield wrong, f"{mechanism}-{name}", listener(name) | password(mechanism, "wrong")
    yield right, "unsigned-token", listener("BOOTSTRAP") | token("UNSIGNED", 600)
    yield right, "signed-token", listener("SECURE") | token("TOKEN", 600)
    yield wrong, "unsigned-token", listener("SECURE") | token("UNSIGNED", 600)
    yield wrong, "expired-token", listener("SECURE") | token("EXPIRED", 600)
    yield right, "certificate", listener("MUTUAL") | certificate("OWN")
    yield wrong, "certificate", listener("MUTUAL") | certificate("OTHER"), KafkaError._TRANSPORT
    yield wrong, "no-certificate", listener("MUTUAL"), KafkaError._TRANSPORT


def attempt(scenario):
    what, name, *given = scenario
    try:
        what(name, *given)
        return True
    except Exception as error:
        print(f"FAILED {what.__name__} {name}: {error!r}")
        return False


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    done = list(pool.map(attempt, scenarios()))
print(f"{sum(done)} passed, {done.count(False)} failed")
sys.exit(0 if all(done) else 1)
