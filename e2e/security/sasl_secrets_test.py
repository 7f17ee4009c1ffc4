"""Secrets are planted wherever settings and clients may have them, and looked for wherever something is told."""
import pathlib
import re
import shutil
import struct
import subprocess
import unittest

from process import PROGRAM, WORK, free_ports
from sasl_node import PACKAGE, PLAIN_JAAS, SECRETS, SaslNode, client_properties
from sasl_wire import Scram, bearer, plain, text, unsecured_token

DESCRIBE_CONFIGS = 32
STORES = WORK / "planted-stores"
STORE, TRUST, KEY = "planted-store-password", "planted-trust-password", "planted-key-password"


def certs(*words):
    subprocess.run([PROGRAM, "certs", *words, "--dir", STORES], check=True, capture_output=True)


def make_stores():
    """Key stores in PKCS12, and a key in PEM that has a password too."""
    shutil.rmtree(STORES, ignore_errors=True)
    STORES.parent.mkdir(parents=True, exist_ok=True)
    certs("ca", "--name", "CA", "--password", TRUST)
    for name in ("node", "next"):
        certs("node", "--name", name, "--hosts", "127.0.0.1", "--password", STORE)
    pem = (STORES / "node.pem").read_text()
    encrypted = subprocess.run(["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", f"pass:{KEY}"], input=pem, text=True,
                               check=True, capture_output=True).stdout
    chain = "".join(re.findall("-----BEGIN CERTIFICATE.*?END CERTIFICATE-----\n", pem, re.DOTALL))
    return pem, encrypted, chain


def one_line(pem):
    return pem.replace("\n", "\\n")


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pem, encrypted, chain = make_stores()
        cls.secure, cls.mutual = free_ports(2)
        cls.node = SaslNode("planted")
        for key in ("listeners", "advertised.listeners"):
            cls.node.settings[key] += f",SECURE://127.0.0.1:{cls.secure},MUTUAL://127.0.0.1:{cls.mutual}"
        cls.node.settings |= {
            "listener.security.protocol.map":
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CLIENTS:SASL_PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
            "listener.name.secure.plain.sasl.jaas.config": PLAIN_JAAS,
            "listener.name.clients.scram-sha-256.sasl.jaas.config":
                f'{PACKAGE}.scram.ScramLoginModule required username="node" password="planted-node-secret";',
            "listener.name.secure.ssl.keystore.type": "PKCS12", "listener.name.secure.ssl.keystore.location": f"{STORES}/node.p12",
            "listener.name.secure.ssl.keystore.password": STORE,
            "ssl.truststore.type": "PKCS12", "ssl.truststore.location": f"{STORES}/ca.p12", "ssl.truststore.password": TRUST,
            "listener.name.mutual.ssl.client.auth": "required", "listener.name.mutual.ssl.keystore.type": "PEM",
            "listener.name.mutual.ssl.keystore.key": one_line(encrypted), "listener.name.mutual.ssl.key.password": KEY,
            "listener.name.mutual.ssl.keystore.certificate.chain": one_line(chain),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:alice;User:ANONYMOUS", "barnabas.audit.log": "all",
            "delegation.token.secret.key": "planted-token-key",
        }
        cls.node.start()
        cls.node.give_password("carol")
        cls.node.give_password("carol", "SCRAM-SHA-512")
        cls.keys = [line for line in (pem + encrypted).splitlines() if len(line) == 64 and line not in chain]
        assert cls.keys
        cls.tokens = []

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def clean(self, *told):
        """None of what is told has a secret."""
        for each in told:
            shown = each if isinstance(each, str) else each.decode("latin-1")
            found = re.search(r"planted-\w+(-\w+)*", re.sub(r"planted-stores", "", shown))
            self.assertIsNone(found, shown[max(0, found.start() - 300):found.end() + 100] if found else "")
            for secret in self.keys + self.tokens:
                self.assertNotIn(secret, shown)

    def exchange(self, mechanism, *tokens):
        """All that a client hears."""
        with self.node.wire() as wire:
            heard = [str(wire.handshake(mechanism))]
            for token in tokens:
                error, words, answer, _ = wire.authenticate(token(answer) if callable(token) else token)
                heard.append(f"{words} {answer}")
                if error:
                    break
            return heard

    def test_a_authentications(self):
        heard = []
        for user in (*SECRETS, "nobody"):
            for secret in (*SECRETS.values(), "planted-wrong-secret"):
                heard += self.exchange("PLAIN", plain(user, secret))
                heard += self.exchange("PLAIN", plain(user, secret, "somebody"))
                for mechanism, digest in (("SCRAM-SHA-256", "sha256"), ("SCRAM-SHA-512", "sha512")):
                    scram = Scram(user, secret, digest)
                    heard += self.exchange(mechanism, scram.first(), scram.final)
        heard += self.exchange("PLAIN", b"\0alice\0" + SECRETS["alice"].encode() + b"\0more")
        heard += self.exchange("SCRAM-SHA-256", b"n,,n=carol,password=" + SECRETS["carol"].encode())
        for token in (unsecured_token(), unsecured_token(lifetime=-5), unsecured_token(sub=7), unsecured_token() + "c2lnbmVk", "a.b.c"):
            self.tokens += [part for part in token.split(".") if len(part) > 20 and part != unsecured_token().split(".")[0]]
            heard += self.exchange("OAUTHBEARER", bearer(token), b"\x01")
            heard += self.exchange("OAUTHBEARER", bearer(token, "somebody"), b"\x01")
        self.clean(*heard, self.node.lines(), self.node.page("/metrics")[1])
        self.assertTrue(self.node.told("authentication failed", "wrong password"))

    def test_b_changes_while_the_node_runs(self):
        store = "listener.name.secure.ssl.keystore."
        jaas = "listener.name.clients.plain.sasl.jaas.config"
        module = f"{PACKAGE}.plain.PlainLoginModule"
        refused = [
            self.node.change(jaas, f'[{module} required user_dave="planted-dave-secret"]'),
            self.node.change(jaas, f'[planted-module required user_dave="planted-dave-secret";]').replace("planted-module", ""),
            self.node.change(store + "password", "planted-wrong-password"),
            self.node.change("listener.name.mutual.ssl.key.password", "planted-wrong-password"),
            self.node.change("listener.name.mutual.ssl.keystore.key", "planted-key-that-is-none"),
        ]
        for told in refused:
            self.assertIn("Error while executing config command", told)
        taken = [
            self.node.change(jaas, f'[{PLAIN_JAAS[:-1]} user_dave="planted-dave-secret";]'),
            self.node.change(store + "location", f"{STORES}/node.p12"),
            self.node.change(store + "password", STORE),
        ]
        for told in taken:
            self.assertIn("Completed updating config", told)
        self.assertIn("b''", self.exchange("PLAIN", plain("dave", "planted-dave-secret"))[-1])
        self.clean(*refused, *taken, self.node.lines())

    def test_c_descriptions(self):
        brokers = ["--entity-type", "brokers"]
        told = [self.node.tool("configs", "--describe", *more, *brokers, *entity)
                for more in ((), ("--all",)) for entity in (("--entity-name", "1"), ("--entity-default",))]
        self.assertIn("listener.name.clients.plain.sasl.jaas.config=null sensitive=true", told[0])
        told.append(self.node.tool("configs", "--describe", "--entity-type", "users"))
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            wire.authenticate(plain("alice", SECRETS["alice"]))
            for kind, name in ((4, "1"), (4, ""), (8, "1")):
                resource = struct.pack(">ib", 1, kind) + text(name) + struct.pack(">i", -1)
                for flags in (b"\0\0", b"\1\1"):  # with synonyms and documentation
                    told.append(wire.ask(DESCRIBE_CONFIGS, 3, resource + flags))
        self.assertIn(b"ssl.keystore.password", told[-5])
        self.clean(*told, self.node.page("/metrics")[1], self.node.lines())

    def test_d_the_doctor(self):
        def doctor(settings):
            path = self.node.directory / "doctor.properties"
            path.write_text("".join(f"{key}={value}\n" for key, value in (self.node.settings | settings).items() if value is not None))
            done = subprocess.run([PROGRAM, "doctor", "--config", path], capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout + done.stderr
        good = doctor({})
        self.assertEqual(good[0], 0, good)
        told = [good[1]]
        for wrong in ({"listener.name.secure.ssl.keystore.password": "planted-wrong-password"},
                      {"ssl.truststore.password": "planted-wrong-password"},
                      {"listener.name.mutual.ssl.key.password": "planted-wrong-password"},
                      {"listener.name.mutual.ssl.keystore.key": "planted-nonsense"},
                      {"ssl.client.auth": "sometimes"}):
            status, words = doctor(wrong)
            self.assertEqual(status, 1, words)
            told.append(words)
        self.clean(*told)

    def test_e_starts_that_fail(self):
        for key, value in (("listener.name.secure.ssl.keystore.password", "planted-wrong-password"),
                           ("listener.name.mutual.ssl.key.password", "planted-wrong-password"),
                           ("listener.name.mutual.ssl.keystore.key", "planted-nonsense"),
                           ("listener.name.clients.plain.sasl.jaas.config", 'planted-module required user_x="planted-x";'),
                           ("listener.name.clients.plain.sasl.jaas.config", 'x.PlainLoginModule required user_x="planted-x'),
                           ("sasl.jaas.confg", 'x.PlainLoginModule required user_x="planted-x";')):
            node = SaslNode("planted-wrong")
            node.settings |= {name: each for name, each in self.node.settings.items() if "ssl" in name or "sasl" in name or "map" in name}
            for each in ("listeners", "advertised.listeners"):
                secure, mutual = free_ports(2)
                node.settings[each] = node.settings["listeners"].split(",SECURE")[0] + f",SECURE://127.0.0.1:{secure},MUTUAL://127.0.0.1:{mutual}"
            node.settings["advertised.listeners"] = node.settings["listeners"]
            node.settings[key] = value
            lines = node.fails().replace("planted-wrong/", "").replace("planted-module", "")
            self.assertIn("ERROR", lines)
            self.clean(lines)

    def test_f_our_own_tools(self):
        told = []
        for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            for user, secret in (("carol", SECRETS["carol"]), ("carol", "planted-wrong-secret")):
                told.append(self.node.sasl_tool(client_properties(mechanism, user, secret), "topics", "--list"))
        wrong = {"security.protocol": "SASL_SSL", "ssl.truststore.type": "PKCS12", "ssl.truststore.location": f"{STORES}/ca.p12",
                 "ssl.truststore.password": "planted-wrong-password", "ssl.key.password": "planted-unread"}
        told.append(self.node.sasl_tool(client_properties("PLAIN", "alice", SECRETS["alice"]) | wrong, "topics", "--list"))
        told.append(self.node.sasl_tool(client_properties("PLAIN", "alice", SECRETS["alice"]) | {"sasl.jaas.config": 'M required p="planted-x"'},
                                        "topics", "--list"))
        self.clean(*told, self.node.lines())

    def test_g_the_log_and_what_was_audited(self):
        self.node.tool("topics", "--create", "--topic", "audited")
        self.node.sasl_tool(client_properties("SCRAM-SHA-256", "carol", SECRETS["carol"]), "topics", "--create", "--topic", "refused")
        self.assertTrue(self.node.hears("access denied", "User:carol"))
        self.assertTrue(self.node.hears("access allowed"))
        self.assertEqual(self.node.stop(), 0)
        self.clean(self.node.lines())
        files = [path for path in pathlib.Path(self.node.settings["log.dirs"]).rglob("*") if path.is_file()]
        for secret in (SECRETS["carol"], SECRETS["alice"], KEY, TRUST, "planted-token-key"):
            for path in files:  # what is changed while the node runs is in the metadata log, as in Kafka
                if secret != SECRETS["alice"] or "__cluster_metadata" not in str(path):
                    self.assertNotIn(secret.encode(), path.read_bytes(), path)


if __name__ == "__main__":
    unittest.main()
