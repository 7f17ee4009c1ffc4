"""Starts and stops: what is told, what is refused, what is made."""
import json
import signal
import socket
import time
import unittest

from process import Process, eventually, free_ports
from wire import NONE, Client, batch


# What Kafka's own config/server.properties says, apart from addresses and directories.
AS_SHIPPED = {
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
    "num.network.threads": "3",
    "num.io.threads": "8",
    "socket.send.buffer.bytes": "102400",
    "socket.receive.buffer.bytes": "102400",
    "socket.request.max.bytes": "104857600",
    "num.partitions": "1",
    "num.recovery.threads.per.data.dir": "2",
    "offsets.topic.replication.factor": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "log.retention.hours": "168",
    "log.segment.bytes": "1073741824",
    "log.retention.check.interval.ms": "300000",
}


class Start(unittest.TestCase):
    def node(self, **settings):
        named = {key.replace("_", "."): value for key, value in settings.items()}
        self.process = Process("start", named)
        self.addCleanup(self.process.kill)
        return self.process

    def test_an_empty_directory_becomes_a_cluster(self):
        node = self.node().start()
        self.assertTrue(node.told("new cluster", "cluster_id="))
        for fact in ("version=", "listeners=", "data=", "node_id=1", "cluster_id=", "connect_with="):
            self.assertTrue(node.told("Barnabas is ready", fact))
        self.assertEqual(node.page("/health/live"), (200, "live\n"))
        self.assertEqual(node.page("/health/ready"), (200, "ready\n"))
        self.assertEqual(node.stop(), 0)
        self.assertTrue(node.told("stopped clean=true"))
        self.assertTrue((node.directory / "data/.kafka_cleanshutdown").exists())
        node.start()
        self.assertIsNone(node.told("new cluster", patience=0))

    def test_a_cluster_with_features_of_its_own(self):
        node = self.node()
        directory_id = "tBrzjx4pTGGUUmk9jpcKuQ"
        voter = f"1@127.0.0.1:{node.controller}:{directory_id}"
        told = node.format("-I", voter, "-r", "3.9", "-f", "group.version=1")
        self.assertIn("with metadata.version 3.9-IV0.", told)
        self.assertIn(f"directory.id={directory_id}", (node.directory / "data/meta.properties").read_text())
        node.start()
        self.assertIsNone(node.told("new cluster", patience=0))
        features = node.tool("features", "describe")
        for feature, level in (("metadata.version", "3.9-IV0"), ("group.version", "1"), ("transaction.version", "0"), ("kraft.version", "1")):
            self.assertRegex(features, rf"{feature} .*FinalizedVersionLevel: {level} ")
        quorum = node.tool("metadata-quorum", "describe", "--status")
        self.assertIn(f'"directoryId": "{directory_id}"', quorum)

    def test_the_settings_that_kafka_ships(self):
        node = self.node(**AS_SHIPPED)
        node.settings["advertised.listeners"] = node.settings["listeners"]
        node.start()
        self.assertIsNone(node.told("WARN", patience=0))

    def test_hosts_that_nobody_named(self):
        port, controller = free_ports(2)
        node = self.node(listeners=f"PLAINTEXT://:{port},CONTROLLER://:{controller}").start()
        self.assertTrue(node.told(f"bootstrap.servers={socket.getfqdn()}:{port}") or node.told(f"{socket.gethostname()}:{port}"))
        with Client(f"127.0.0.1:{port}") as client:
            self.assertTrue(client.answers())
        self.assertEqual(node.stop(), 0)
        node.settings["listeners"] = f"PLAINTEXT://0.0.0.0:{port},CONTROLLER://:{controller}"
        self.assertIn("advertised.listeners: PLAINTEXT://0.0.0.0", node.fails())

    def test_each_listener_advertises_its_own_address(self):
        inside, outside, controller = free_ports(3)
        node = self.node(
            listeners=f"IN://127.0.0.1:{inside},OUT://127.0.0.1:{outside},CONTROLLER://127.0.0.1:{controller}",
            advertised_listeners=f"IN://127.0.0.1:{inside},OUT://localhost:{outside}",
            listener_security_protocol_map="IN:PLAINTEXT,OUT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            inter_broker_listener_name="IN",
        ).start()
        self.assertTrue(node.told("Barnabas is ready", f"bootstrap.servers=localhost:{outside}"))
        for node.address, told in ((f"127.0.0.1:{inside}", f"127.0.0.1:{inside}"), (f"127.0.0.1:{outside}", f"localhost:{outside}")):
            with Client(node.address) as client:
                answer = client.ask(3, 1, b"\0\0\0\0")  # Metadata of no topic
                self.assertEqual(answer.take("i"), 1)
                answer.take("i")
                self.assertEqual(f"{answer.text()}:{answer.take('i')}", told)

    def test_partitions_go_to_the_emptiest_directory(self):
        node = self.node()
        dirs = [node.directory / name for name in ("a", "b", "c")]
        node.settings["log.dirs"] = ",".join(map(str, dirs))
        node.start()
        with Client(node.address) as client:
            self.assertEqual(client.create_topic("t", partitions=6)[0], NONE)
        self.assertEqual([len(list(each.glob("t-*"))) for each in dirs], [2, 2, 2])

    def test_wrong_settings_are_told_all_at_once(self):
        node = self.node(log_dir5="x", num_partitions="none", ssl_provider="p", zookeeper_connect="z:1")
        lines = node.fails()
        self.assertIn("line ", lines)
        for words in ("unknown setting 'log.dir5'; did you mean log.dirs?", "num.partitions", "loads no Java classes"):
            self.assertIn(words, lines)

    def test_settings_without_effect_are_named_in_one_warning(self):
        node = self.node(num_io_threads="12", zookeeper_connect="z:1").start()
        self.assertTrue(node.told("WARN", "settings without effect", "num.io.threads", "zookeeper.connect"))

    def test_a_directory_of_another_node(self):
        node = self.node().start()
        self.assertEqual(node.stop(), 0)
        node.settings["node.id"] = "7"
        self.assertIn("belongs to node 1, and this is node 7", node.fails())

    def test_a_port_in_use(self):
        node = self.node()
        with socket.create_server(("127.0.0.1", node.port)):
            self.assertIn("another process listens there", node.fails())

    def test_lines_of_json(self):
        node = self.node(barnabas_log_format="json").start()
        node.stop()
        events = [json.loads(line) for line in node.lines().splitlines()]
        self.assertIn("Barnabas is ready", [each["event"] for each in events])

    def test_a_second_signal_ends_at_once(self):
        node = self.node().start()
        with Client(node.address) as client:
            client.create_topic("t", partitions=200)  # so that the stop takes its time
        node.signal(signal.SIGTERM)
        while not node.told("stopping", patience=0):
            pass
        node.signal(signal.SIGSTOP)
        time.sleep(0.1)
        node.signal(signal.SIGINT)
        node.signal(signal.SIGCONT)
        self.assertEqual(node.process.wait(10), 1)
        self.assertTrue(node.told("stopped at once"))

    def test_a_signal_sent_twice_in_one_breath_is_one(self):
        node = self.node().start()
        node.signal(signal.SIGTERM)
        node.signal(signal.SIGTERM)
        self.assertEqual(node.process.wait(10), 0)
        self.assertTrue(node.told("stopped clean=true"))

    def test_a_long_recovery_tells_how_far_it_is(self):
        node = self.node().start()
        records = batch(b"x" * 1_000_000)
        with Client(node.address) as client:
            client.create_topic("t")
            for _ in range(500):
                self.assertEqual(client.produce("t", records)[0], NONE)
        node.kill()
        node.launch()
        eventually(lambda: node.told("loading logs", patience=0), "the logs are being loaded")
        node.signal(signal.SIGSTOP)  # as if the disk were slow
        time.sleep(3.5)
        node.signal(signal.SIGCONT)
        eventually(lambda: node.told("Barnabas is ready"), "the node is ready")
        self.assertTrue(node.told("loading logs", "logs_left=", "bytes_left_in_these="))
