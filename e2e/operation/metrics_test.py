"""What /metrics says of a load that is known."""
import re
import unittest

from process import Process, eventually, here
from wire import NONE, Client, batch

BATCHES = 20
RECORDS = 10


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Process("metrics").start()
        with Client(cls.node.address) as client:
            assert client.create_topic("load", partitions=2)[0] == NONE
            records = batch(*[b"v%d" % i for i in range(RECORDS)])
            for _ in range(BATCHES):
                assert client.produce("load", records, partition=1)[0] == NONE
            assert client.fetch("load", 0, 1)[0] == NONE
        cls.log_bytes = (cls.node.directory / "data/load-1/00000000000000000000.log").stat().st_size

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def test_requests_bytes_and_latencies(self):
        metric = self.node.metric
        self.assertEqual(metric("barnabas_requests_total", api="Produce"), BATCHES)
        self.assertGreater(metric("barnabas_request_bytes_total", api="Produce"), self.log_bytes)
        self.assertGreater(metric("barnabas_response_bytes_total", api="Fetch"), self.log_bytes)
        self.assertEqual(metric("barnabas_request_seconds_count", api="Produce"), BATCHES)
        self.assertEqual(metric("barnabas_request_seconds_bucket", api="Produce", le="+Inf"), BATCHES)
        self.assertGreater(metric("barnabas_request_seconds_sum", api="Produce"), 0)

    def test_partitions_and_logs(self):
        load = {"topic": "load", "partition": "1"}
        self.assertEqual(self.node.metric("barnabas_log_end_offset", **load), BATCHES * RECORDS)
        self.assertEqual(self.node.metric("barnabas_high_watermark", **load), BATCHES * RECORDS)
        self.assertEqual(self.node.metric("barnabas_log_start_offset", **load), 0)
        self.assertEqual(self.node.metric("barnabas_log_bytes", **load), self.log_bytes)
        self.assertEqual(self.node.metric("barnabas_partitions_led"), self.node.metric("barnabas_partitions"))
        self.assertEqual(self.node.metric("barnabas_partitions_offline"), 0)

    def test_the_lag_of_a_group(self):
        reset = ["--execute", "--reset-offsets", "--group", "g", "--topic", "load:1"]
        # A group comes to be with the first commit; where it stands is then known.
        eventually(
            lambda: "load" in self.node.tool("consumer-groups", *reset, "--to-offset", "150"), "the offset is committed"
        )
        place = {"group": "g", "topic": "load", "partition": "1"}
        self.assertEqual(self.node.metric("barnabas_group_committed_offset", **place), 150)
        self.assertEqual(self.node.metric("barnabas_group_lag_records", **place), 50)

    def test_connections_and_errors(self):
        before = self.node.metric("barnabas_connections_accepted_total", listener="PLAINTEXT")
        failed = self.node.metric("barnabas_connections_failed_total", listener="PLAINTEXT")
        with Client(self.node.address) as client:
            self.assertTrue(client.answers())
            self.assertEqual(self.node.metric("barnabas_connections", listener="PLAINTEXT"), 1)
            client.send(b"\x7f\xff\xff\xff")
            self.assertTrue(client.closed())
        self.assertEqual(self.node.metric("barnabas_connections_accepted_total", listener="PLAINTEXT"), before + 1)
        eventually(
            lambda: self.node.metric("barnabas_connections_failed_total", listener="PLAINTEXT") == failed + 1, "counted"
        )

    def test_the_process(self):
        self.assertGreater(self.node.metric("process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(self.node.metric("process_open_fds"), 3)
        self.assertGreater(self.node.metric("process_cpu_seconds_total"), 0)

    def test_every_metric_is_in_the_reference(self):
        page = self.node.page("/metrics")[1]
        reference = (here.parent.parent / "docs/generated/metrics.md").read_text()
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE):
            self.assertIn(f"| {name} | {kind} |", reference)
