"""TLS listeners as clients and administrators meet them."""
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import time
import unittest

from process import PROGRAM, eventually
from secured import STORES, Secured, certs, make_certificates, pem_settings
from witness import Witness

HERE = pathlib.Path(__file__).resolve().parent
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 7, -1)


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def answers(connection):
    """Whether the node answers ApiVersions, in version 0, on this connection."""
    connection.sendall(API_VERSIONS)
    size = receive(connection, 4)
    answer = receive(connection, *struct.unpack(">i", size)) if size else b""
    return answer[:6] == struct.pack(">ih", 7, 0)


def receive(connection, size):
    """So many bytes; none when the connection ends before."""
    got = b""
    while len(got) < size:
        more = connection.recv(size - len(got))
        if not more:
            return b""
        got += more
    return got


def say(port, words):
    """Says them, and listens until the node has closed the connection."""
    with connect(port) as connection:
        try:
            connection.sendall(words)
            connection.shutdown(socket.SHUT_WR)
            while receive(connection, 1):
                pass
        except ConnectionError:
            pass  # it closed before it had heard all


def trusting(folder, name=None):
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    if name:
        context.load_cert_chain(f"{folder}/{name}.pem")
    return context


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = make_certificates()
        cls.other = STORES / "other"
        cls.node = Secured("tls", cls.own, {"barnabas.tls.handshakes.max": "200"}).start()
        cls.trust = {"ssl.truststore.type": "PEM", "ssl.truststore.location": f"{cls.own}/ca.pem"}

    @classmethod
    def tearDownClass(cls):
        try:
            assert cls.node.stop() == 0
        finally:
            cls.node.kill()

    def failures(self, reason, listener="SSL"):
        return self.node.metric("barnabas_tls_failures_total", listener=listener, reason=reason) or 0

    def test_our_tools_speak_tls_and_show_certificates(self):
        plain = self.node.client("plain", self.trust)
        status, told = self.node.over_tls(self.node.ssl, plain, "topics", "--create", "--topic", "over-tls")
        self.assertEqual((status, told), (0, "Created topic over-tls.\n"))
        alice = self.node.client("alice", pem_settings(self.own, "alice"))
        status, told = self.node.over_tls(self.node.mutual, alice, "topics", "--list")
        self.assertEqual(status, 0, told)
        self.assertIn("over-tls", told)
        p12 = self.node.client("alice-p12", {
            "ssl.keystore.type": "PKCS12", "ssl.keystore.location": f"{self.own}/alice.p12",
            "ssl.keystore.password": "store-secret", "ssl.truststore.type": "PKCS12",
            "ssl.truststore.location": f"{self.own}/ca.p12", "ssl.truststore.password": "trust-secret",
        })
        status, told = self.node.over_tls(self.node.mutual, p12, "topics", "--list")
        self.assertEqual(status, 0, told)

    def test_librdkafka_sends_and_reads_with_a_certificate(self):
        suite = HERE.parent.parent / "librdkafka/run.sh"
        settings = {
            "security.protocol": "ssl", "ssl.ca.location": f"{self.own}/ca.pem",
            "ssl.certificate.location": f"{self.own}/alice.pem", "ssl.key.location": f"{self.own}/alice.pem",
        }
        done = subprocess.run(
            [suite, "--gtest_filter=Records.Keep*:Records.Outlast*:Records.ComeTo*:*Codecs*ComeBack*:*Acknowledgements*"],
            env={**os.environ, "BOOTSTRAP": f"127.0.0.1:{self.node.mutual}",
                 "CLIENT_SETTINGS": ";".join(f"{key}={value}" for key, value in settings.items())},
            capture_output=True, text=True, timeout=120,
        )
        self.assertRegex(done.stdout, r"[1-9]\d* passed, 0 failed", done.stdout)

    def test_who_does_it_wrong_is_told_why_on_both_sides(self):
        node = self.node
        cases = [
            ("no_certificate", "MUTUAL", node.mutual, self.trust, "set ssl.keystore.location"),
            ("untrusted", "MUTUAL", node.mutual, {**pem_settings(self.other, "alice"), **self.trust}, "see the broker's log"),
            ("refused_by_peer", "SSL", node.ssl, {**self.trust, "ssl.truststore.location": f"{self.other}/ca.pem"},
             "CN=node,O=Barnabas (valid "),
        ]
        for reason, listener, port, settings, words in cases:
            before = self.failures(reason, listener)
            status, told = node.over_tls(port, node.client("wrong", settings), "topics", "--list")
            self.assertEqual(status, 1, told)
            self.assertIn(words, told)
            eventually(lambda: self.failures(reason, listener) == before + 1, f"{reason} is counted")
            self.assertTrue(node.told("TLS handshake failed", f"listener={listener}", f"reason={reason}"), node.lines())
        self.assertTrue(node.told("reason=untrusted", "CN=alice,O=Barnabas (valid ", "ssl.truststore"))

    def test_a_wrong_port_is_named_on_both_sides(self):
        with connect(self.node.ssl) as plain:
            plain.sendall(API_VERSIONS)
            plain.settimeout(20)
            while plain.recv(100):
                pass
        eventually(lambda: self.node.told("reason=no_tls", "security.protocol=SSL"), "plaintext on a TLS port is told")
        with connect(self.node.port) as wrong:
            with self.assertRaises((ssl.SSLError, OSError)):
                trusting(self.own).wrap_socket(wrong, server_hostname="localhost")
        eventually(lambda: self.node.told("a TLS handshake, where plaintext is spoken"), "TLS on a plaintext port is told")
        status, told = self.node.over_tls(self.node.port, self.node.client("port", self.trust), "topics", "--list")
        self.assertEqual(status, 1)
        self.assertIn("TLS", told)

    def test_names_are_checked_unless_that_is_switched_off(self):
        elsewhere = Secured("tls-names", self.own, {"ssl.keystore.location": f"{self.own}/elsewhere.pem"})
        certs("node", "--dir", str(self.own), "--name", "elsewhere", "--hosts", "elsewhere.example.org")
        try:
            elsewhere.start()
            status, told = elsewhere.over_tls(elsewhere.ssl, elsewhere.client("a", self.trust), "topics", "--list")
            self.assertEqual(status, 1)
            self.assertIn("ssl.endpoint.identification.algorithm", told)
            unchecked = {**self.trust, "ssl.endpoint.identification.algorithm": ""}
            status, told = elsewhere.over_tls(elsewhere.ssl, elsewhere.client("b", unchecked), "topics", "--list")
            self.assertEqual(status, 0, told)
        finally:
            elsewhere.kill()

    def test_a_thousand_that_stop_in_the_handshake_keep_nobody_out(self):
        hello = client_hello()
        node = self.node
        node.over_tls(node.ssl, node.client("warm", self.trust), "topics", "--list")
        before = node.memory()
        stuck = []

        def ask():
            with trusting(self.own).wrap_socket(connect(node.ssl), server_hostname="localhost") as client:
                self.assertTrue(answers(client))

        with Witness(ask):
            for i in range(1000):
                connection = connect(node.ssl)
                connection.sendall(hello[: len(hello) * (i % 4) // 3])
                stuck.append(connection)
                time.sleep(0.002)  # who is not stuck has a chance before it is crowded out
        self.assertLess(node.memory() - before, 64 << 20)
        eventually(lambda: self.failures("crowded_out") + self.failures("timed_out") >= 1000, "they are let go", 30)
        for connection in stuck:
            connection.close()

    def test_no_cut_or_flipped_hello_harms_others(self):
        hello = client_hello()

        def ask():
            with trusting(self.own).wrap_socket(connect(self.node.ssl), server_hostname="localhost") as client:
                self.assertTrue(answers(client))

        before = self.node.memory()
        with Witness(ask):
            for i in range(len(hello)):
                for bad in (hello[:i], hello[:i] + bytes([hello[i] ^ 1 << i % 8]) + hello[i + 1:]):
                    say(self.node.ssl, bad)
        self.assertLess(self.node.memory() - before, 32 << 20)

    def test_giant_and_endless_hellos_are_refused(self):
        hello = client_hello()
        giants = [
            hello[:5] + b"\x01\xff\xff\xff" + hello[9:],             # says that it has 16 MiB
            b"\x16\x03\x01\xff\xff" + b"\x01" * 0xffff,               # a record above 16 KiB
            (b"\x16\x03\x01\x40\x00" + b"\x01\x02" + b"\0" * 16382) * 20,
            b"\x16\x03\x01\x00\x00" * 10_000,                        # records with nothing in them
        ]
        for giant in giants:
            say(self.node.ssl, giant)
        with trusting(self.own).wrap_socket(connect(self.node.ssl), server_hostname="localhost") as client:
            self.assertTrue(answers(client))

    def test_large_requests_and_answers_survive(self):
        with trusting(self.own).wrap_socket(connect(self.node.ssl), server_hostname="localhost") as client:
            for _ in range(3000):
                client.sendall(API_VERSIONS)
            got = 0
            while got < 3000 * 100:
                more = client.recv(1 << 16)
                self.assertTrue(more)
                got += len(more)

    def test_a_renewed_certificate_is_taken_without_closing_connections(self):
        folder = STORES / "renewed"
        shutil.copytree(self.own, folder)
        node = Secured("tls-renewed", folder, {"barnabas.tls.reload.interval.ms": "200"})
        try:
            node.start()
            old = trusting(folder).wrap_socket(connect(node.ssl), server_hostname="localhost")
            self.assertTrue(answers(old))

            def serial():
                with trusting(folder).wrap_socket(connect(node.ssl), server_hostname="localhost") as client:
                    return client.getpeercert()["serialNumber"]

            first = serial()
            (folder / "node.pem").write_text("half a certificate")
            eventually(lambda: node.told("TLS not renewed", "there is no private key"), "a broken file is told")
            self.assertEqual(serial(), first)
            (folder / "node.pem").unlink()
            (folder / "node.p12").unlink()
            certs("node", "--dir", str(folder), "--name", "node", "--hosts", "localhost,127.0.0.1,more.example.org")
            eventually(lambda: serial() != first, "new connections get the new certificate")
            self.assertTrue(answers(old))
            (folder / "node.pem").unlink()
            certs("node", "--dir", str(folder), "--name", "node", "--hosts", "localhost")
            eventually(lambda: node.told("TLS not renewed", "ssl.allow.san.changes"), "fewer names are refused")
        finally:
            node.kill()

    def test_a_wrong_password_stops_the_start_and_is_not_shown(self):
        node = Secured("tls-password", self.own, {
            "ssl.keystore.type": "PKCS12", "ssl.keystore.location": f"{self.own}/node.p12", "ssl.keystore.password": "wr0ng-one",
        })
        told = node.fails()
        self.assertIn("node.p12 does not open with its password", told)
        self.assertNotIn("wr0ng-one", told)

    def test_the_doctor_finds_what_is_wrong(self):
        def doctor(node, *more):
            done = subprocess.run(
                [PROGRAM, "doctor", "--config", f"{node.directory}/server.properties", *more],
                capture_output=True, text=True, timeout=60,
            )
            return done.returncode, done.stdout

        status, told = doctor(self.node)
        self.assertEqual(status, 0, told)
        self.assertIn("SSL: the certificate is for 127.0.0.1", told)
        self.assertIn(f"SSL: 127.0.0.1:{self.node.ssl} answers", told)
        self.assertIn(f"MUTUAL: 127.0.0.1:{self.node.mutual} answers", told)
        certs("node", "--dir", str(self.own), "--name", "brief", "--hosts", "away.example.org", "--days", "3")
        ill = Secured("tls-doctor", self.own, {
            "ssl.keystore.location": f"{self.own}/brief.pem",
            "listener.name.mutual.ssl.keystore.location": f"{self.own}/missing.pem",
        })
        ill.write()
        status, told = doctor(ill, "--offline")
        self.assertEqual(status, 1)
        self.assertRegex(told, "ends in [23] days")
        self.assertIn("for DNS:away.example.org, and not for 127.0.0.1", told)
        self.assertIn(f"MUTUAL: ssl.keystore.location: there is no file {self.own}/missing.pem", told)

    def test_certificates_are_never_written_over(self):
        done = subprocess.run(
            [PROGRAM, "certs", "client", "--dir", str(self.own), "--name", "alice"], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("is there already", done.stderr)
        self.assertEqual(pathlib.Path(f"{self.own}/ca.key").stat().st_mode & 0o777, 0o600)


def client_hello():
    """The first bytes of a handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting(STORES / "own").wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


if __name__ == "__main__":
    unittest.main()
