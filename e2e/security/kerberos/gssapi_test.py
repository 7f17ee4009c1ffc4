"""GSSAPI with a real KDC: our own tools and node, right and wrong tickets; the last line is "N passed, N failed"."""
import os
import pathlib
import subprocess
import sys
import unittest

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from kdc import REALM, Kdc
from sasl_node import PROGRAM, SaslNode
from process import WORK, free_ports
from sasl_wire import Closed

FAILED = 58
APACHE = here.parent.parent / "apache/apache.sh"
JAVA = "java" in sys.argv[1:]
LOGIN = "com.sun.security.auth.module.Krb5LoginModule required"


class Gssapi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kdc = Kdc(WORK / "kdc", *free_ports(1)).start()
        cls.alice = cls.kdc.keytab("alice")
        cls.kdc.login("alice", cls.alice)
        os.environ["KRB5_CONFIG"] = cls.kdc.environment["KRB5_CONFIG"]
        cls.node = cls.serve("sasl-gssapi", "127.0.0.1")

    @classmethod
    def serve(cls, name, host):
        """A node that clients know as `host`."""
        return SaslNode(name, {
            "sasl.enabled.mechanisms": "GSSAPI",
            "listener.name.clients.plain.sasl.jaas.config": None,
            "listener.name.clients.gssapi.sasl.jaas.config":
                f'{LOGIN} useKeyTab=true storeKey=true keyTab="{cls.kdc.keytab(f"kafka/{host}")}" principal="kafka/{host}@{REALM}";',
        }).start()

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.kdc.stop()

    def tool(self, jaas, environment, *words):
        path = self.node.directory / "client.properties"
        path.write_text("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI\nsasl.kerberos.service.name=kafka\n"
                        f"sasl.jaas.config={jaas}\n")
        done = subprocess.run([PROGRAM, *words, "--bootstrap-server", self.node.sasl_address, "--command-config", path],
                              capture_output=True, text=True, env=environment)
        return done.stdout + done.stderr

    def test_a_ticket_lets_in(self):
        told = self.tool(f"{LOGIN} useTicketCache=true;", self.kdc.environment, "metadata-quorum", "describe", "--status")
        self.assertIn("ClusterId", told)
        self.assertTrue(self.node.hears("authenticated", "GSSAPI", "User:alice"))

    def test_a_keytab_lets_in(self):
        environment = self.kdc.environment | {"KRB5CCNAME": f"FILE:{self.kdc.directory}/by-keytab"}
        told = self.tool(f'{LOGIN} useKeyTab=true keyTab="{self.alice}" principal="alice@{REALM}";', environment,
                         "metadata-quorum", "describe", "--status")
        self.assertIn("ClusterId", told)

    def test_without_a_ticket_nobody_comes_in(self):
        environment = self.kdc.environment | {"KRB5CCNAME": f"FILE:{self.kdc.directory}/nothing"}
        self.assertIn("ticket", self.tool(f"{LOGIN} useTicketCache=true;", environment, "topics", "--list"))

    def test_what_is_no_token_is_refused(self):
        for token in (b"x", b"\x60\x82\x02\x3f" + b"x" * 40, b"\x60" * 3000):
            with self.node.wire() as wire:
                wire.handshake("GSSAPI")
                self.assertEqual(wire.authenticate(token)[0], FAILED, token[:10])
        with self.node.wire() as wire, self.assertRaises(Closed):
            wire.metadata()

    def test_kcat(self):
        def kcat(*words, text="", **settings):
            settings = {"bootstrap.servers": self.node.sasl_address, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "GSSAPI",
                        "sasl.kerberos.kinit.cmd": f"kinit -k -t {self.alice} alice@{REALM}", **settings}
            options = [word for pair in settings.items() for word in ("-X", "=".join(pair))]
            environment = self.kdc.environment | {"KRB5CCNAME": f"FILE:{self.kdc.directory}/of-kcat"}
            return subprocess.run(["kcat", *words, *options], input=text, env=environment, capture_output=True, text=True, timeout=40)
        sent = kcat("-P", "-t", "kerberos", text="one\ntwo\n")
        self.assertEqual(sent.returncode, 0, sent.stderr)
        self.assertEqual(kcat("-C", "-t", "kerberos", "-p", "0", "-o", "beginning", "-e", "-q").stdout, "one\ntwo\n")
        wrong = kcat("-L", "-m", "3", **{"sasl.kerberos.service.name": "another"})
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("not found in Kerberos database", wrong.stderr)

    @unittest.skipUnless(JAVA, "only where Java is")
    def test_apaches_tools(self):
        node = self.serve("sasl-gssapi-java", "localhost")  # as Java calls 127.0.0.1
        path = node.directory / "java.properties"
        path.write_text("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI\nsasl.kerberos.service.name=kafka\n"
                        f'sasl.jaas.config={LOGIN} useKeyTab=true storeKey=true keyTab="{self.alice}" principal="alice@{REALM}";\n')
        environment = self.kdc.environment | {"JVM": f"-Djava.security.krb5.conf={self.kdc.environment['KRB5_CONFIG']}"}
        try:
            told = subprocess.run([APACHE, "tool", "topics", "--bootstrap-server", node.sasl_address, "--command-config", path,
                                   "--create", "--topic", "of-java"], env=environment, capture_output=True, text=True, timeout=60)
            self.assertIn("Created topic of-java", told.stdout, told.stderr)
        finally:
            node.kill()


result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.defaultTestLoader.loadTestsFromTestCase(Gssapi))
failed = len({str(test) for test, _ in result.failures + result.errors})
print(f"{result.testsRun - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
