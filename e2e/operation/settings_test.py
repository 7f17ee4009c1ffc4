"""Settings that change while the node runs change what it does, and go back when they are taken away."""
import time
import unittest

from process import Process, eventually
from wire import NONE, Client, batch

MESSAGE_TOO_LARGE = 10


class Settings(unittest.TestCase):
    def setUp(self):
        self.node = Process(
            "settings",
            {"log.retention.check.interval.ms": "100", "log.flush.offset.checkpoint.interval.ms": "100"},
        ).start()
        with Client(self.node.address) as client:
            self.assertEqual(client.create_topic("t")[0], NONE)
        self.partition = self.node.directory / "data/t-0"

    def tearDown(self):
        self.node.kill()

    def change(self, key, value, broker="1"):
        self.assertIn("Completed updating", self.node.change(key, value, broker))

    def refuses(self, key, value, words):
        self.assertIn(words, self.node.change(key, value))

    def produce(self, size=100, count=1):
        with Client(self.node.address) as client:
            for _ in range(count):
                code, _, _ = client.produce("t", batch(b"x" * size))
        return code

    def sizes(self):
        return [path.stat().st_size for path in sorted(self.partition.glob("*.log"))]

    def test_the_largest_batch(self):
        self.assertEqual(self.produce(5000), NONE)
        self.change("message.max.bytes", "2000", broker="")
        eventually(lambda: self.produce(5000) == MESSAGE_TOO_LARGE, "the cluster's limit holds")
        self.change("message.max.bytes", "9000")
        eventually(lambda: self.produce(5000) == NONE, "the broker's own limit overrules the cluster's")
        self.change("message.max.bytes", None)
        eventually(lambda: self.produce(5000) == MESSAGE_TOO_LARGE, "the cluster's limit holds again")

    def test_segments_and_retention(self):
        self.change("log.segment.bytes", str(1 << 20), broker="")
        self.change("log.segment.delete.delay.ms", "0", broker="")
        eventually(lambda: self.produce(500_000) == NONE and len(self.sizes()) >= 4, "small segments")
        self.change("log.retention.bytes", str(1 << 20), broker="")
        eventually(lambda: len(self.sizes()) <= 2, "old segments are gone")

    def test_the_codec(self):
        self.produce(100_000)
        plain = sum(self.sizes())
        self.change("compression.type", "gzip")
        eventually(lambda: self.produce(100_000) == NONE and sum(self.sizes()) % plain not in (0, plain), "compressed")
        self.assertLess(sum(self.sizes()) % plain, 10_000)

    def test_flushing(self):
        def flushed():
            lines = (self.node.directory / "data/recovery-point-offset-checkpoint").read_text().splitlines()
            return next((int(line.split()[2]) for line in lines if line.startswith("t 0 ")), 0)

        self.produce()
        time.sleep(0.5)
        self.assertEqual(flushed(), 0)
        self.change("log.flush.interval.messages", "1")
        eventually(lambda: self.produce() == NONE and flushed() > 1, "what is written is flushed at once")

    def test_timestamps(self):
        def appended_by_the_brokers_clock():
            with Client(self.node.address) as client:
                _, base, _ = client.produce("t", batch(b"x"))
                attributes = client.fetch("t", base)[2][21:23]
            return attributes == b"\0\x08"

        self.assertFalse(appended_by_the_brokers_clock())
        self.change("log.message.timestamp.type", "LogAppendTime", broker="")
        eventually(appended_by_the_brokers_clock, "log append time")

    def test_connections_of_an_address(self):
        with Client(self.node.address) as first:
            self.assertTrue(first.answers())
            self.change("max.connections.per.ip.overrides", "localhost:2")
            with Client(self.node.address) as second:
                self.assertTrue(second.answers())
                with Client(self.node.address) as third:
                    self.assertTrue(third.closed())
                self.assertTrue(self.node.told("connection refused", "max.connections.per.ip"))

    def test_the_rate_of_new_connections(self):
        self.change("max.connection.creation.rate", "2", broker="")
        begun = time.monotonic()
        for _ in range(25):  # those of ten seconds at once, and the others by two a second
            with Client(self.node.address) as client:
                self.assertTrue(client.answers())
        self.assertGreater(time.monotonic() - begun, 1)

    def test_threads(self):
        self.assertEqual(self.node.threads("background"), 10)
        self.change("background.threads", "5")
        eventually(lambda: self.node.threads("background") == 5, "five background threads")
        self.change("background.threads", None)
        eventually(lambda: self.node.threads("background") == 10, "ten background threads")
        before = self.node.threads("")
        self.change("log.cleaner.threads", "2")
        eventually(lambda: self.node.threads("") == before + 1, "another cleaner")

    def test_what_cannot_be_had(self):
        self.refuses("num.partitions", "3", "num.partitions cannot be changed while the broker runs")
        self.refuses("listeners", "PLAINTEXT://:1", "listeners cannot be changed while the broker runs")
        self.refuses("ssl.provider", "p", "loads no Java classes")
        self.refuses("log.retention.mss", "3", "did you mean log.retention.ms?")
        self.refuses("message.max.bytes", "many", "'many'")
        self.change("num.io.threads", "10")
        self.assertTrue(eventually(lambda: self.node.told("WARN", "settings without effect", "num.io.threads"), "a warning"))

    def test_they_hold_after_a_restart(self):
        self.change("message.max.bytes", "2000", broker="")
        self.assertEqual(self.node.stop(), 0)
        self.node.start()
        self.assertEqual(self.produce(5000), MESSAGE_TOO_LARGE)
