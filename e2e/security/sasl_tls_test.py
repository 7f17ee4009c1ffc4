"""SASL inside TLS: who authenticates is who it says, and a client of another kind is told so."""
import subprocess
import unittest

from process import PROGRAM, WORK
from sasl_node import SECRETS, SaslNode, client_properties


class OverTls(unittest.TestCase):
    def test_the_password_goes_through_tls(self):
        folder = WORK / "sasl-certificates"
        subprocess.run(["rm", "-rf", folder], check=True)
        for words in (("ca", "--name", "CA"), ("node", "--name", "node", "--hosts", "localhost,127.0.0.1")):
            subprocess.run([PROGRAM, "certs", *words, "--dir", folder, "--password", "store-secret"], check=True, capture_output=True)
        stores = {path.name for path in folder.iterdir()}
        node = SaslNode("sasl-tls", {
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CLIENTS:SASL_SSL",
            "ssl.keystore.type": "PKCS12",
            "ssl.keystore.location": str(folder / "node.p12"),
            "ssl.keystore.password": "store-secret",
        })
        self.assertIn("node.p12", stores)
        try:
            node.start()
            node.give_password("carol")
            trust = {"security.protocol": "SASL_SSL", "ssl.truststore.type": "PEM", "ssl.truststore.location": str(folder / "ca.pem")}
            for mechanism, user in (("PLAIN", "alice"), ("SCRAM-SHA-256", "carol")):
                right = client_properties(mechanism, user, SECRETS[user]) | trust
                self.assertIn("ClusterId", node.sasl_tool(right, "metadata-quorum", "describe", "--status"))
                self.assertTrue(node.hears("authenticated", mechanism, f"User:{user}"))
                wrong = node.sasl_tool(client_properties(mechanism, user, "wrong") | trust, "topics", "--list")
                self.assertIn("Authentication failed", wrong)
        finally:
            node.kill()


if __name__ == "__main__":
    unittest.main()
