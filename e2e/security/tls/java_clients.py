"""Apache's own programs over TLS: all three formats of stores, and a certificate that is changed while the node runs."""
import subprocess
import unittest

from process import eventually, here as operation
from secured import STORES, Secured, certs, make_certificates, pem_settings

APACHE = operation.parent / "apache/apache.sh"


def apache(*words, text=""):
    done = subprocess.run([APACHE, "tool", *words], input=text, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


class JavaClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.own = make_certificates()
        subprocess.run(
            ["keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", f"{cls.own}/ca.pem", "-storetype", "JKS",
             "-keystore", f"{cls.own}/trust.jks", "-storepass", "trust-secret"], check=True, capture_output=True)
        subprocess.run(
            ["keytool", "-importkeystore", "-srckeystore", f"{cls.own}/node.p12", "-srcstorepass", "store-secret",
             "-destkeystore", f"{cls.own}/node.jks", "-deststoretype", "JKS", "-deststorepass", "jks-secret",
             "-destkeypass", "key-secret", "-srcalias", "node", "-srckeypass", "store-secret"], check=True, capture_output=True)
        cls.node = Secured("tls-java", cls.own, {
            "ssl.keystore.type": "JKS", "ssl.keystore.location": f"{cls.own}/node.jks",
            "ssl.keystore.password": "jks-secret", "ssl.key.password": "key-secret",
            "ssl.truststore.type": "JKS", "ssl.truststore.location": f"{cls.own}/trust.jks",
            "ssl.truststore.password": "trust-secret",
        }).start()
        cls.mutual = f"127.0.0.1:{cls.node.mutual}"
        cls.pem = cls.node.client("pem", pem_settings(cls.own, "alice"))
        cls.p12 = cls.node.client("p12", {
            "ssl.keystore.type": "PKCS12", "ssl.keystore.location": f"{cls.own}/alice.p12",
            "ssl.keystore.password": "store-secret", "ssl.key.password": "store-secret",
            "ssl.truststore.type": "PKCS12", "ssl.truststore.location": f"{cls.own}/ca.p12",
            "ssl.truststore.password": "trust-secret",
        })

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def test_records_go_in_and_out_with_a_certificate_on_each_side(self):
        text = "".join(f"record {i}\n" for i in range(2000))
        told = apache("console-producer", "--bootstrap-server", self.mutual, "--topic", "java", "--command-config",
                      self.pem, "--request-required-acks", "all", text=text)
        self.assertNotIn("ERROR", told)
        read = apache("console-consumer", "--bootstrap-server", self.mutual, "--topic", "java", "--command-config",
                      self.p12, "--from-beginning", "--max-messages", "2000", "--timeout-ms", "30000")
        self.assertEqual(sorted(line for line in read.splitlines() if line.startswith("record")),
                         sorted(text.splitlines()))

    def test_without_a_certificate_java_is_refused(self):
        trust = self.node.client("trust", {
            "ssl.truststore.type": "JKS", "ssl.truststore.location": f"{self.own}/trust.jks",
            "ssl.truststore.password": "trust-secret",
        })
        told = apache("topics", "--list", "--bootstrap-server", self.mutual, "--command-config", trust)
        self.assertIn("certificate_required", told)
        self.assertTrue(self.node.told("reason=no_certificate"), self.node.lines())

    def test_a_key_store_changes_while_the_node_runs(self):
        ssl = f"127.0.0.1:{self.node.ssl}"

        def alter(folder):
            return apache(
                "configs", "--bootstrap-server", ssl, "--command-config", self.pem, "--entity-type", "brokers",
                "--entity-name", "1", "--alter", "--add-config",
                f"listener.name.ssl.ssl.keystore.location={folder}/node.p12,listener.name.ssl.ssl.keystore.type=PKCS12,"
                "listener.name.ssl.ssl.keystore.password=store-secret,listener.name.ssl.ssl.key.password=store-secret")

        told = alter("/nowhere")
        self.assertIn("there is no file /nowhere/node.p12", told)
        again = STORES / "again"
        for name, word in (("Somebody else", "ssl.allow.dn.changes"), ("node", "")):
            folder = again / word
            folder.mkdir(parents=True, exist_ok=True)
            for key in ("ca.key", "ca.pem"):
                (folder / key).write_text((self.own / key).read_text())
            certs("node", "--dir", str(folder), "--name", name, "--hosts", "localhost,127.0.0.1", "--password", "store-secret")
            (folder / f"{name}.p12").rename(folder / "node.p12")
            told = alter(folder)
            self.assertIn(word or "Completed updating config", told)
        eventually(lambda: self.node.told("TLS renewed", "listener=SSL"), "the listener has the new certificate")
        told = apache("topics", "--list", "--bootstrap-server", ssl, "--command-config", self.pem)
        self.assertNotIn("failed", told)
        described = apache("configs", "--bootstrap-server", ssl, "--command-config", self.pem, "--entity-type", "brokers",
                           "--entity-name", "1", "--describe")
        self.assertIn("listener.name.ssl.ssl.keystore.password=null", described)
        self.assertNotIn("secret", described)
