"""Who is driven at ten times a quota is held at it, others do not feel it; here as at Apache Kafka, on the same load."""
import statistics
import subprocess
import unittest

from quota_loads import BYTES, CONNECTIONS, PERCENT, SECONDS, fill, run, set_quotas
from quota_wire import Caller, THROTTLING_QUOTA_EXCEEDED, set_quota
from sasl_node import Process, free_ports, here

LISTENERS = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SLOW:PLAINTEXT"
MOST_BYSTANDER_SECONDS = 0.1  # a thirtieth of what the others wait, on a machine that is busy


def with_slow_listener(settings, port):
    """Settings of a node that has one more listener, at which few connections a second are accepted."""
    listeners = settings["listeners"] + f",SLOW://127.0.0.1:{port}"
    return {
        **settings, "listeners": listeners, "advertised.listeners": listeners,
        "listener.security.protocol.map": LISTENERS, "inter.broker.listener.name": "PLAINTEXT",
        "listener.name.slow.max.connection.creation.rate": str(CONNECTIONS),
    }


def prepare(address):
    set_quotas(address)
    with Caller(address, "administrator") as client:
        for topic in ("loaded", "filled", "bystander"):
            assert client.create_topic(topic)[0] == 0
    fill(address, "filled", 20_000_000)


class ApacheNode:
    """A real Apache Kafka."""

    def __init__(self, name):
        self.directory = here.parent.parent / "build/e2e/operation" / name
        subprocess.run(["rm", "-rf", self.directory], check=True)
        self.broker("configure", self.directory)
        path = self.directory / "server.properties"
        settings = dict(line.split("=", 1) for line in path.read_text().splitlines() if line)
        (port,) = free_ports(1)
        self.slow_listener = f"127.0.0.1:{port}"
        settings = with_slow_listener(settings, port)
        path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        self.address = self.broker("start", "apache", self.directory).strip()

    @staticmethod
    def broker(*words):
        done = subprocess.run([here.parent / "broker.sh", *words], stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def kill(self):
        self.broker("kill", self.directory)


class Held(unittest.TestCase):
    """What holds of both."""

    address = None
    results = None

    def assert_held(self, rate, quota):
        self.assertGreater(rate, 0.9 * quota)
        self.assertLess(rate, 1.1 * quota)

    def check_producer(self):
        self.assert_held(self.results["producer"]["rate"], BYTES)
        self.assertTrue(self.results["producer"]["waits"])

    def check_consumer(self):
        self.assert_held(self.results["consumer"]["rate"], BYTES)
        self.assertTrue(self.results["consumer"]["waits"])

    def check_connections(self):
        for name in ("address", "listener"):
            with self.subTest(name):
                self.assert_held(self.results[name]["rate"], CONNECTIONS)
        self.assertGreater(self.results["address"]["closed"], 0)
        self.assertEqual(self.results["listener"]["closed"], 0)
        self.assertGreater(self.results["listener"]["took"][-1], 0.1)

    def check_time_of_threads(self):
        self.assertTrue(self.results["busy"]["waits"])
        self.assertLessEqual(max(self.results["busy"]["waits"]), 1.0)

    def check_mutations(self):
        """One partition a second, and eleven at once."""
        set_quota(self.address, {"client-id": "changing"}, "controller_mutation_rate", 1)
        with Caller(self.address, "changing") as old, Caller(self.address, "changing") as client:
            self.assertEqual(client.create(4, "first", 10), (0, 0, None))
            throttle, code = client.grow(1, "first", 13)  # with the token that is left
            self.assertEqual(code, 0)  # this version does not know the error
            self.assertGreater(throttle, 1000)
            throttle, code = old.delete(3, "first")  # the other connection is muted
            self.assertEqual(code, 0)
            self.assertGreater(throttle, 10_000)
        with Caller(self.address, "changing") as client:
            throttle, code = client.delete_strictly("loaded")
            self.assertEqual(code, THROTTLING_QUOTA_EXCEEDED)
            self.assertGreater(throttle, 10_000)
        set_quota(self.address, {"client-id": "changing"}, "controller_mutation_rate", None)


class Barnabas(Held):
    @classmethod
    def setUpClass(cls):
        cls.node = Process("quota-load", {"advertised.listeners": None})
        (port,) = free_ports(1)
        cls.node.settings = with_slow_listener(cls.node.settings, port)
        cls.node.start()
        cls.address = cls.node.address
        prepare(cls.address)
        cls.results = run(cls.address, f"127.0.0.1:{port}")
        cls.metrics = cls.node.metrics()

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def test_producer(self):
        self.check_producer()

    def test_consumer(self):
        self.check_consumer()

    def test_connections(self):
        self.check_connections()
        self.assertLess(self.results["another address"]["took"][-1], 0.5)
        self.assertEqual(self.results["another address"]["closed"], 0)

    def test_time_of_threads(self):
        used = self.metrics['barnabas_quota_used_total{quota="request"}'] / 1e6 / SECONDS * 100
        self.assert_held(used, PERCENT)
        self.check_time_of_threads()

    def test_others_do_not_feel_it(self):
        took = self.results["bystander"]["took"]
        self.assertGreater(len(took), SECONDS * 100 / 3)
        self.assertLess(took[len(took) * 99 // 100], MOST_BYSTANDER_SECONDS)
        self.assertEqual(self.results["bystander"]["waits"], [])

    def test_mutations(self):
        self.check_mutations()

    def test_what_metrics_and_log_tell(self):
        for quota in ("produce", "fetch", "request"):
            self.assertGreater(self.metrics[f'barnabas_quota_throttle_seconds_count{{quota="{quota}"}}'], 0)
            self.assertGreater(self.metrics[f'barnabas_quota_used_total{{quota="{quota}"}}'], 0)
            self.assertEqual(self.metrics[f'barnabas_quota_clients{{quota="{quota}"}}'], 1)
        for by, listener in (("ip", "PLAINTEXT"), ("listener", "SLOW")):
            series = f'barnabas_connection_throttle_seconds_count{{listener="{listener}",by="{by}"}}'
            self.assertGreater(self.metrics[series], 0)
        line = self.node.told("client throttled", "wait_ms")
        self.assertRegex(line, "principal=User:ANONYMOUS client=(loader|reader|busy)")


class Kafka(Held):
    """Comes after Barnabas, by its name."""

    @classmethod
    def setUpClass(cls):
        cls.node = ApacheNode("quota-load-apache")
        cls.address = cls.node.address
        prepare(cls.address)
        cls.results = run(cls.address, cls.node.slow_listener)

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def test_producer(self):
        self.check_producer()

    def test_consumer(self):
        self.check_consumer()

    def test_connections(self):
        self.check_connections()

    def test_mutations(self):
        self.check_mutations()

    def test_time_of_threads(self):
        self.check_time_of_threads()

    def test_throttle_times_are_like_ours(self):
        for name in ("producer", "consumer"):
            with self.subTest(name):
                apache = statistics.median(self.results[name]["waits"])
                ours = statistics.median(Barnabas.results[name]["waits"])
                self.assertLess(ours, 4 * apache)
                self.assertGreater(4 * ours, apache)


del Held  # which is no test by itself
