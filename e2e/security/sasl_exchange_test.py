"""Who is let in and who is not, what they are told, and what a broken exchange does to others."""
import time
import unittest

from sasl_node import SECRETS, SaslNode, client_properties
from sasl_wire import API_VERSIONS, Closed, Scram, Wire, bearer, plain, unsecured_token

OK, UNSUPPORTED_MECHANISM, ILLEGAL_STATE, FAILED = 0, 33, 34, 58
INVALID = "Authentication failed during authentication due to invalid credentials with SASL mechanism "


def scram(wire, user, password, digest="sha256", extensions=""):
    """The last answer."""
    exchange = Scram(user, password, digest, extensions)
    answer = wire.authenticate(exchange.first())
    if answer[0] == OK:
        answer = wire.authenticate(exchange.final(answer[2]))
        if answer[0] == OK:
            assert answer[2] == b"v=" + exchange.expected, "the server knows the password"
    return answer


class Exchange(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = SaslNode("sasl", {"sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"}).start()
        cls.node.give_password("carol")
        cls.node.give_password("carol", "SCRAM-SHA-512")

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def serves_others(self):
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            self.assertEqual(wire.authenticate(plain("alice", SECRETS["alice"]))[0], OK)
            self.assertTrue(wire.metadata())

    def test_plain(self):
        self.serves_others()
        for token in (plain("alice", "wrong"), plain("nobody", SECRETS["alice"])):
            with self.node.wire() as wire:
                wire.handshake("PLAIN")
                self.assertEqual(wire.authenticate(token)[:2], (FAILED, "Authentication failed: Invalid username or password"))
                with self.assertRaises(Closed):
                    wire.metadata()
        self.assertTrue(self.node.hears("authentication failed", "alice", "wrong password", "CLIENTS"))
        self.assertTrue(self.node.hears("authentication failed", "nobody", "no such user"))

    def test_scram(self):
        for mechanism, digest in (("SCRAM-SHA-256", "sha256"), ("SCRAM-SHA-512", "sha512")):
            with self.node.wire() as wire:
                wire.handshake(mechanism)
                self.assertEqual(scram(wire, "carol", SECRETS["carol"], digest)[0], OK)
                self.assertTrue(wire.metadata())
            for user, password in (("carol", "wrong"), ("alice", SECRETS["alice"])):
                with self.node.wire() as wire:
                    wire.handshake(mechanism)
                    self.assertEqual(scram(wire, user, password, digest)[:2], (FAILED, INVALID + mechanism))
        with self.node.wire() as wire:
            wire.handshake("SCRAM-SHA-256")
            self.assertEqual(scram(wire, "carol", SECRETS["carol"], extensions=",tokenauth=true")[:2],
                             (FAILED, INVALID + "SCRAM-SHA-256"))

    def test_a_name_that_nobody_has_meets_the_same_course(self):
        salts = []
        for user in ("carol", "nobody", "nobody"):
            with self.node.wire() as wire:
                wire.handshake("SCRAM-SHA-256")
                error, _, challenge, _ = wire.authenticate(Scram(user, "wrong").first())
                self.assertEqual(error, OK)
                salts.append(challenge.split(b",")[1])
        self.assertEqual(len(salts[0]), len(salts[1]))
        self.assertEqual(salts[1], salts[2])

    def test_tokens_without_a_signature(self):
        with self.node.wire() as wire:
            wire.handshake("OAUTHBEARER")
            error, _, _, lifetime = wire.authenticate(bearer(unsecured_token(lifetime=600)))
            self.assertEqual(error, OK)
            self.assertTrue(500_000 < lifetime <= 600_000, lifetime)
        with self.node.wire() as wire:
            wire.handshake("OAUTHBEARER")
            error, _, challenge, _ = wire.authenticate(bearer(unsecured_token(lifetime=-10)))
            self.assertEqual((error, challenge), (OK, b'{"status":"invalid_token"}'))
            self.assertEqual(wire.authenticate(b"\x01")[:2], (FAILED, '{"status":"invalid_token"}'))
        self.assertTrue(self.node.hears("OAUTHBEARER takes tokens that nobody signed"))
        self.assertTrue(self.node.hears("authentication failed", "expired"))

    def test_tokens_without_headers(self):
        with self.node.wire() as wire:
            self.assertEqual(wire.handshake("PLAIN", 0)[0], OK)
            wire.send(plain("alice", SECRETS["alice"]))
            self.assertEqual(wire.frame(), b"")
            self.assertTrue(wire.metadata())
        with self.node.wire() as wire:
            wire.handshake("PLAIN", 0)
            wire.send(plain("alice", "wrong"))
            with self.assertRaises(Closed):
                wire.frame()

    def test_nothing_else_is_served_before(self):
        for ask in (lambda wire: wire.metadata(), lambda wire: wire.authenticate(b"x"), lambda wire: wire.send(b"\0x\0y") or wire.frame()):
            with self.node.wire() as wire, self.assertRaises(Closed):
                ask(wire)
        with self.node.wire() as wire:
            wire.ask(API_VERSIONS, 0, b"")
            wire.handshake("PLAIN")
            with self.assertRaises(Closed):
                wire.metadata()

    def test_out_of_turn(self):
        with self.node.wire() as wire:
            error, mechanisms = wire.handshake("GSSAPI")
            self.assertEqual((error, len(mechanisms)), (UNSUPPORTED_MECHANISM, 4))
            with self.assertRaises(Closed):
                wire.handshake("PLAIN")
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            self.assertEqual(wire.handshake("PLAIN"), (ILLEGAL_STATE, []))
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            wire.authenticate(plain("alice", SECRETS["alice"]))
            self.assertEqual(wire.handshake("PLAIN"), (ILLEGAL_STATE, []))
            self.assertEqual(wire.authenticate(b"x")[0], ILLEGAL_STATE)
            self.assertTrue(wire.metadata())
        with Wire("127.0.0.1", self.node.port) as wire:
            self.assertEqual(wire.handshake("PLAIN"), (ILLEGAL_STATE, []))

    def test_metrics(self):
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            wire.authenticate(plain("bob", "wrong"))
        self.serves_others()
        failures = "barnabas_authentication_failures_total"
        self.assertGreater(self.node.metric(failures, listener="CLIENTS", mechanism="PLAIN", reason="credentials"), 0)
        self.assertGreater(self.node.metric("barnabas_authentications_total", listener="CLIENTS", mechanism="PLAIN"), 0)

    def test_our_own_tools(self):
        for mechanism, user in (("PLAIN", "alice"), ("SCRAM-SHA-256", "carol"), ("SCRAM-SHA-512", "carol")):
            right = client_properties(mechanism, user, SECRETS[user])
            self.assertIn("ClusterId", self.node.sasl_tool(right, "metadata-quorum", "describe", "--status"))
            wrong = self.node.sasl_tool(client_properties(mechanism, user, "wrong"), "topics", "--list")
            self.assertIn("Authentication failed", wrong)
        jaas = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="x";'
        bearer_client = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER", "sasl.jaas.config": jaas}
        self.assertIn("ClusterId", self.node.sasl_tool(bearer_client, "metadata-quorum", "describe", "--status"))

    def test_scram_credentials(self):
        users = ["--entity-type", "users"]
        self.assertIn("'carol' are SCRAM-SHA-256=iterations=4096, SCRAM-SHA-512=iterations=4096", self.node.tool("configs", "--describe", *users))
        self.node.give_password("bob", "SCRAM-SHA-512")
        with self.node.wire() as wire:
            wire.handshake("SCRAM-SHA-512")
            self.assertEqual(scram(wire, "bob", SECRETS["bob"], "sha512")[0], OK)
        self.node.tool("configs", "--alter", *users, "--entity-name", "bob", "--delete-config", "SCRAM-SHA-512")
        with self.node.wire() as wire:
            wire.handshake("SCRAM-SHA-512")
            self.assertEqual(scram(wire, "bob", SECRETS["bob"], "sha512")[0], FAILED)


class Sessions(unittest.TestCase):
    def setUp(self):
        self.node = SaslNode("sasl-sessions", {
            "listener.name.clients.plain.connections.max.reauth.ms": "1500",
            "connection.failed.authentication.delay.ms": "400",
        }).start()

    def tearDown(self):
        self.node.kill()

    def test_a_session_ends_unless_the_client_authenticates_again(self):
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            self.assertEqual(wire.authenticate(plain("alice", SECRETS["alice"]))[3], 1500)
            time.sleep(1.1)
            self.assertEqual(wire.handshake("PLAIN")[0], OK)
            self.assertEqual(wire.authenticate(plain("alice", SECRETS["alice"]))[3], 1500)
            time.sleep(0.6)
            self.assertTrue(wire.metadata())
            time.sleep(1.1)
            with self.assertRaises(Closed):
                wire.metadata()
        self.assertTrue(self.node.hears("session of User:alice expired"))

    def test_nobody_becomes_somebody_else(self):
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            wire.authenticate(plain("alice", SECRETS["alice"]))
            time.sleep(1.1)
            wire.handshake("PLAIN")
            self.assertEqual(wire.authenticate(plain("bob", SECRETS["bob"]))[:2],
                             (FAILED, "Cannot change principals during re-authentication from User: alice to User: bob"))

    def test_a_failure_comes_late(self):
        with self.node.wire() as wire:
            wire.handshake("PLAIN")
            began = time.monotonic()
            self.assertEqual(wire.authenticate(plain("alice", "wrong"))[0], FAILED)
            self.assertGreater(time.monotonic() - began, 0.39)


class Starts(unittest.TestCase):
    def test_the_first_user_of_a_cluster(self):
        node = SaslNode("sasl-format")
        node.write_settings()
        user = f"SCRAM-SHA-512=[name=carol,iterations=5000,password={SECRETS['carol']}]"
        told = node.format("--cluster-id", "AAAAAAAAAAAAAAAAAAAAAQ", "--add-scram", user)
        self.assertIn("Formatting", told)
        self.assertIn("name='carol', mechanism=2, salt=(hidden)", told)
        self.assertIn("already formatted", node.format("--add-scram", user))
        for wrong in ("SCRAM-SHA-1=[name=a,password=planted-x]", "SCRAM-SHA-256=[password=planted-x]", "SCRAM-SHA-256=[name=a,password=planted-x,iterations=5]"):
            told = node.format("--add-scram", wrong)
            self.assertIn("--add-scram", told)
            self.assertNotIn("planted", told)
        try:
            node.start()
            self.assertTrue(node.told("Barnabas is ready", "AAAAAAAAAAAAAAAAAAAAAQ"))
            with node.wire() as wire:
                wire.handshake("SCRAM-SHA-512")
                self.assertEqual(scram(wire, "carol", SECRETS["carol"], "sha512")[0], OK)
        finally:
            node.kill()

    def test_settings_that_cannot_be(self):
        for settings, words in (
            ({"listener.name.clients.plain.sasl.jaas.config": None}, ("plain.sasl.jaas.config is not set",)),
            ({"listener.name.clients.plain.sasl.jaas.config": 'x.PlainLoginModule required user_a="planted-x"'}, ("semicolon",)),
            ({"sasl.enabled.mechanisms": "PLAIN,FOO"}, ("FOO is not supported",)),
        ):
            node = SaslNode("sasl-wrong", settings)
            lines = node.fails()
            for word in words:
                self.assertIn(word, lines)
            self.assertNotIn("planted", lines)


if __name__ == "__main__":
    unittest.main()
