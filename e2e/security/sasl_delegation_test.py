"""Delegation tokens in time: when they end, what becomes of the connections that they opened, and what shows nowhere."""
import re
import time
import unittest

from process import eventually
from sasl_exchange_test import FAILED, INVALID, OK, scram
from sasl_node import SECRETS, SaslNode, client_properties
from sasl_wire import Closed, plain

KEY = "planted-token-key"
TOKEN = re.compile(r"^([\w-]{22}) +([\w+/]{86}==) ", re.MULTILINE)


class DelegationTokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = SaslNode("sasl-delegation", {
            "delegation.token.secret.key": KEY,
            "delegation.token.expiry.time.ms": "3000",
            "delegation.token.expiry.check.interval.ms": "500",
        }).start()
        cls.node.give_password("carol")

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()

    def tokens(self, *words, user="alice"):
        return self.node.sasl_tool(client_properties("PLAIN", user, SECRETS[user]), "delegation-tokens", *words)

    def make(self, lifetime=-1, *words):
        told = self.tokens("--create", "--max-life-time-period", str(lifetime), *words)
        found = TOKEN.search(told)
        self.assertTrue(found, told)
        return found.groups()

    def login(self, wire, token, mechanism="SCRAM-SHA-256"):
        wire.handshake(mechanism)
        return scram(wire, *token, mechanism.replace("SCRAM-SHA-", "sha"), ",tokenauth=true")

    def test_a_session_lasts_as_long_as_the_token(self):
        token = self.make()
        with self.node.wire() as wire:
            error, _, _, lifetime = self.login(wire, token)
            self.assertEqual(error, OK)
            self.assertTrue(1000 < lifetime <= 3000, lifetime)
            self.assertIn(token[0], self.tokens("--describe"))
            self.assertTrue(wire.metadata())
            time.sleep(3.2)
            with self.assertRaises(Closed):
                wire.metadata()
        self.assertTrue(self.node.hears("session of User:alice expired"))
        with self.node.wire() as wire:
            self.assertEqual(self.login(wire, token)[:2], (FAILED, INVALID + "SCRAM-SHA-256"))
        self.assertTrue(self.node.hears("authentication failed", token[0], "no such token, or it has expired"))
        self.assertTrue(self.node.hears("delegation token expired", token[0], "User:alice"))
        self.assertNotIn(token[0], self.tokens("--describe"))

    def test_a_token_that_is_renewed_lets_a_session_go_on(self):
        token = self.make(-1, "--renewer-principal", "User:bob")
        with self.node.wire() as wire:
            self.login(wire, token, "SCRAM-SHA-512")
            time.sleep(2)
            self.assertIn("Completed renew", self.tokens("--renew", "--renew-time-period", "-1", "--hmac", token[1], user="bob"))
            error, _, _, lifetime = self.login(wire, token, "SCRAM-SHA-512")
            self.assertEqual(error, OK)
            self.assertGreater(lifetime, 2000)
            time.sleep(1.5)
            self.assertTrue(wire.metadata())
        self.assertIn("Completed expire", self.tokens("--expire", "--expiry-time-period", "-1", "--hmac", token[1], user="bob"))
        with self.node.wire() as wire:
            self.assertEqual(self.login(wire, token, "SCRAM-SHA-512")[0], FAILED)

    def test_no_token_lives_longer_than_it_may(self):
        token = self.make(1500)
        self.tokens("--renew", "--renew-time-period", "3000", "--hmac", token[1])
        with self.node.wire() as wire:
            self.assertLess(self.login(wire, token)[3], 1500)
        time.sleep(1.6)
        with self.node.wire() as wire:
            self.assertEqual(self.login(wire, token)[0], FAILED)

    def test_nobody_becomes_somebody_else(self):
        with self.node.wire() as wire:
            self.login(wire, self.make())
            time.sleep(1.1)
            self.assertEqual(self.login(wire, self.make())[0], OK, "another token of the same user will do")
            time.sleep(1.1)
            wire.handshake("SCRAM-SHA-256")
            self.assertEqual(scram(wire, "carol", SECRETS["carol"])[:2],
                             (FAILED, "Cannot change principals during re-authentication from User: alice to User: carol"))

    def test_the_name_of_a_user_is_no_token(self):
        for user, password, extensions in (("carol", SECRETS["carol"], ",tokenauth=true"), (*self.make(), "")):
            with self.node.wire() as wire:
                wire.handshake("SCRAM-SHA-256")
                self.assertEqual(scram(wire, user, password, extensions=extensions)[:2], (FAILED, INVALID + "SCRAM-SHA-256"))

    def test_secrets_are_nowhere(self):
        token = self.make()
        with self.node.wire() as wire:
            self.assertEqual(self.login(wire, token)[0], OK)
        with self.node.wire() as wire:
            self.assertEqual(self.login(wire, (token[0], "wrong"))[0], FAILED)
        self.tokens("--renew", "--renew-time-period", "-1", "--hmac", token[1])
        self.tokens("--renew", "--renew-time-period", "-1", "--hmac", token[1], user="bob")
        eventually(lambda: self.node.told("wrong token HMAC"), "the failure is told", 5)
        told = [self.node.tool("configs", "--describe", "--all", "--entity-type", "brokers", "--entity-name", "1"),
                self.node.page("/metrics")[1], self.node.lines()]
        kept = b"".join(path.read_bytes() for path in (self.node.directory / "data").rglob("*") if path.is_file())
        self.assertIn(token[0].encode(), kept)
        for secret in (KEY, token[1]):
            for each in told:
                self.assertNotIn(secret, each)
            self.assertNotIn(secret.encode(), kept)
