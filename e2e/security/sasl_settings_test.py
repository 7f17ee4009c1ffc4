"""Settings of security as they are given: by JAAS files, while the node runs, and in vain."""
import os
import shutil
import subprocess
import time
import unittest

from process import PROGRAM, WORK, Process
from sasl_node import PACKAGE, PLAIN_JAAS, SECRETS, SaslNode
from sasl_wire import plain

OK, FAILED = 0, 58
MODULE = f"{PACKAGE}.plain.PlainLoginModule"


def logs_in(node, user, secret=None):
    with node.wire() as wire:
        wire.handshake("PLAIN")
        return wire.authenticate(plain(user, secret or SECRETS[user]))[0] == OK


class JaasFiles(unittest.TestCase):
    def setUp(self):
        self.before = os.environ.get("KAFKA_OPTS")
        self.path = WORK / "jaas.conf"
        WORK.mkdir(parents=True, exist_ok=True)

    def tearDown(self):
        os.environ.pop("KAFKA_OPTS", None)
        if self.before is not None:
            os.environ["KAFKA_OPTS"] = self.before

    def write(self, text):
        self.path.write_text(text)
        os.environ["KAFKA_OPTS"] = f"-Xmx1g -Djava.security.auth.login.config={self.path}"

    def test_a_node_and_a_tool_take_their_sections(self):
        self.write(f'KafkaServer {{\n  {PLAIN_JAAS}\n  {PACKAGE}.scram.ScramLoginModule required;\n}};\n'
                   f'KafkaClient {{ {MODULE} required username="bob" password="{SECRETS["bob"]}"; }};\n')
        node = SaslNode("jaas-file", {"listener.name.clients.plain.sasl.jaas.config": None})
        try:
            node.start()
            self.assertTrue(logs_in(node, "alice"))
            self.assertFalse(logs_in(node, "alice", "wrong"))
            told = node.sasl_tool({"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}, "metadata-quorum", "describe", "--status")
            self.assertIn("ClusterId", told)
            self.assertTrue(node.hears("authenticated", "User:bob"))
            self.assertNotIn("planted", node.tool("configs", "--describe", "--all", "--entity-type", "brokers", "--entity-name", "1"))
        finally:
            node.kill()

    def test_the_section_of_a_listener_and_its_own_setting_count_more(self):
        self.write(f'KafkaServer {{ {MODULE} required user_alice="no"; }};\nclients.KafkaServer {{ {PLAIN_JAAS} }};\n')
        node = SaslNode("jaas-file-of-listener", {"listener.name.clients.plain.sasl.jaas.config": None})
        try:
            node.start()
            self.assertTrue(logs_in(node, "alice"))
        finally:
            node.kill()
        self.write(f'clients.KafkaServer {{ {MODULE} required user_alice="no"; }};\n')
        node = SaslNode("jaas-file-and-setting")
        try:
            node.start()
            self.assertTrue(logs_in(node, "alice"))
            self.assertTrue(node.told("JAAS file without effect", str(self.path)))
        finally:
            node.kill()

    def test_what_cannot_be_read_stops_the_start_and_is_not_shown(self):
        for text, words in ((f'KafkaServer {{ {MODULE} required user_alice="planted-x" }};', "section KafkaServer"),
                            (f'KafkaServer {{ {MODULE} required user_alice="${{planted-x}}"; }};', "a property of Java"), (None, "no such file")):
            self.write(text or "")
            if text is None:
                self.path.unlink()
            lines = SaslNode("jaas-file-wrong").fails()
            self.assertIn("java.security.auth.login.config", lines)
            self.assertIn(words, lines)
            self.assertNotIn("planted", lines)


class Changes(unittest.TestCase):
    """While the node runs."""

    def setUp(self):
        self.node = SaslNode("sasl-changes").start()

    def tearDown(self):
        self.node.kill()

    def test_what_cannot_be_used_is_refused_and_what_was_stays(self):
        for key, value, words in (
            ("listener.name.clients.plain.sasl.jaas.config", f'[{MODULE} required user_alice="planted-new"]', "semicolon"),
            ("listener.name.clients.plain.sasl.jaas.config", f'[{PACKAGE}.scram.ScramLoginModule required x="planted-new";]', "PlainLoginModule"),
            ("listener.name.clients.sasl.enabled.mechanisms", "[PLAIN,FOO]", "FOO is not supported"),
        ):
            told = self.node.change(key, value)
            self.assertIn("InvalidRequestException", told.replace("INVALID_REQUEST", "InvalidRequestException"), told)
            self.assertIn(words, told)
            self.assertNotIn("planted", told)
        self.assertTrue(logs_in(self.node, "alice"))
        told = self.node.change("listener.name.clients.plain.sasl.jaas.config", f'[{MODULE} required user_dave="planted-dave";]')
        self.assertIn("Completed", told)
        for _ in range(100):
            if logs_in(self.node, "dave", "planted-dave"):
                break
            time.sleep(0.05)
        self.assertTrue(logs_in(self.node, "dave", "planted-dave"))
        self.assertFalse(logs_in(self.node, "alice"))


class Warnings(unittest.TestCase):
    def test_settings_that_no_listener_hears(self):
        node = Process("unheard", {"ssl.keystore.location": "/nowhere.jks", "ssl.keystore.password": "planted-password",
                                   "listener.name.elsewhere.sasl.enabled.mechanisms": "PLAIN"})
        try:
            node.start()
            line = node.told("settings without effect", "ssl.keystore.location", "speaks TLS")
            self.assertTrue(line, node.lines())
            self.assertIn("listener.name.elsewhere.sasl.enabled.mechanisms (listeners has none of that name)", line)
            self.assertNotIn("planted", node.lines())
        finally:
            node.kill()

    def test_a_flood_of_failures_does_not_fill_the_log(self):
        node = SaslNode("flood", {"barnabas.log.failures.per.peer": "5"}).start()
        try:
            for _ in range(300):
                logs_in(node, "alice", "wrong")
            with node.wire() as wire:
                wire.socket.sendall(b"\x7f\xff\xff\xff")
                wire.socket.recv(1)
            failures = node.metric("barnabas_authentication_failures_total", listener="CLIENTS", mechanism="PLAIN", reason="credentials")
            self.assertEqual(failures, 300)
            lines = [line for line in node.lines().splitlines() if " WARN " in line and "peer=" in line]
            self.assertLess(len(lines), 25)
            self.assertTrue(node.told("further failures of a peer are not written", "peer=127.0.0.1", "for_s=10"))
        finally:
            node.kill()


class AmongBrokers(unittest.TestCase):
    def test_a_node_that_would_not_trust_itself_does_not_start(self):
        folder = WORK / "self-check-stores"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for place, words in (("own", ("ca", "--name", "own")), ("own", ("node", "--name", "node", "--hosts", "127.0.0.1")), ("other", ("ca", "--name", "other"))):
            subprocess.run([PROGRAM, "certs", *words, "--dir", folder / place], check=True, capture_output=True)
        settings = {
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CLIENTS:SSL", "inter.broker.listener.name": "CLIENTS",
            "sasl.enabled.mechanisms": None, "listener.name.clients.plain.sasl.jaas.config": None,
            "ssl.keystore.type": "PEM", "ssl.keystore.location": f"{folder}/own/node.pem", "ssl.truststore.type": "PEM",
        }
        lines = SaslNode("self-check", settings | {"ssl.truststore.location": f"{folder}/other/ca.pem"}).fails()
        self.assertIn("listener CLIENTS: brokers that connect to each other with these settings would fail", lines)
        node = SaslNode("self-check", settings | {"ssl.truststore.location": f"{folder}/own/ca.pem"})
        try:
            node.start()
        finally:
            node.kill()


if __name__ == "__main__":
    unittest.main()
