"""Exchanges that are cut, flipped, oversized or left in the middle: nobody gets in by them, and others notice nothing."""
import unittest

from sasl_node import PACKAGE, SECRETS, SaslNode
from sasl_tokens_test import Key, Provider
from sasl_wire import AUTHENTICATE, Closed, Scram, bearer, plain, sized, text, unsecured_token
from process import eventually
from witness import Witness

OK, FAILED = 0, 58
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")
MIB = 1 << 20


def log_in(node, user="alice"):
    with node.wire() as wire:
        wire.handshake("PLAIN")
        assert wire.authenticate(plain(user, SECRETS[user]))[0] == OK
        assert wire.metadata()


def spoiled(data):
    """Each place where it is cut, or a bit is turned around (not that of capitals, for the word Bearer), in words and bytes."""
    for at in range(len(data)):
        yield f"cut at {at}", data[:at]
        yield f"flipped at {at}", data[:at] + bytes([data[at] ^ 1 << at % 5]) + data[at + 1:]


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = Key("bad-input")
        cls.provider = Provider(cls.key)
        cls.node = SaslNode("sasl-bad-input", {
            "sasl.enabled.mechanisms": ",".join(MECHANISMS),
            "listener.name.clients.oauthbearer.sasl.jaas.config": f"{PACKAGE}.oauthbearer.OAuthBearerLoginModule required;",
            "listener.name.clients.oauthbearer.sasl.oauthbearer.jwks.endpoint.url": f"{cls.provider.url}/keys",
            "barnabas.log.level": "info",
        }).start()
        for mechanism in MECHANISMS[1:3]:
            cls.node.give_password("carol", mechanism)

    @classmethod
    def tearDownClass(cls):
        try:
            assert cls.node.stop() == 0
        finally:
            cls.node.kill()
            cls.provider.server.shutdown()

    def run_exchange(self, mechanism, messages, which=None, spoil=None):
        """The last error, and the messages as they should have been; `spoil` is sent instead of the one at `which`."""
        sent = []
        try:
            with self.node.wire() as wire:
                wire.handshake(mechanism)
                answer = b""
                for message in messages():
                    good = message(answer)
                    sent.append(good)
                    error, _, answer, _ = wire.authenticate(spoil if which == len(sent) - 1 else good)
                    if error != OK:
                        return error, sent
                if mechanism == "OAUTHBEARER" and answer:
                    error = wire.authenticate(b"\x01")[0]
                return error, sent
        except (Closed, ValueError, KeyError):
            return None, sent

    def spoil_all(self, mechanism, messages):
        error, sent = self.run_exchange(mechanism, messages)
        self.assertEqual(error, OK)
        with Witness(lambda: log_in(self.node)):
            for which, good in enumerate(sent):
                for words, bad in spoiled(good):
                    error, _ = self.run_exchange(mechanism, messages, which, bad)
                    self.assertNotEqual(error, OK, f"{mechanism}: message {which} {words}: {bad}")

    def test_plain_cut_and_flipped(self):
        self.spoil_all("PLAIN", lambda: [lambda _: plain("alice", SECRETS["alice"])])

    def test_scram_cut_and_flipped(self):
        class Fixed(Scram):
            """One nonce, so that what is spoiled is the same message each time."""
            def __init__(self, *words):
                super().__init__(*words)
                self.bare = self.bare.replace(self.nonce, "nonce")

        def messages(digest):
            exchange = Fixed("carol", SECRETS["carol"], digest)
            return [lambda _: exchange.first(), exchange.final]

        for mechanism, digest in (("SCRAM-SHA-256", "sha256"), ("SCRAM-SHA-512", "sha512")):
            error, sent = self.run_exchange(mechanism, lambda digest=digest: messages(digest))
            self.assertEqual(error, OK)
            with Witness(lambda: log_in(self.node)):
                for words, bad in spoiled(sent[0]):
                    error, _ = self.run_exchange(mechanism, lambda digest=digest: messages(digest), 0, bad)
                    self.assertNotEqual(error, OK, f"{mechanism}: {words}")
                for at in range(len(sent[1])):
                    for change in (lambda data: data[:at], lambda data: data[:at] + bytes([data[at] ^ 1 << at % 5]) + data[at + 1:]):
                        exchange = Fixed("carol", SECRETS["carol"], digest)
                        steps = [lambda _: exchange.first(), lambda answer: change(exchange.final(answer))]
                        self.assertNotEqual(self.run_exchange(mechanism, lambda: steps)[0], OK, f"{mechanism}: {at}")

    def test_bearer_tokens_cut_and_flipped(self):
        token = self.key.token()
        messages = lambda: [lambda _: bearer(token)]  # noqa: E731
        eventually(lambda: self.run_exchange("OAUTHBEARER", messages)[0] == OK, "the keys are fetched")
        self.spoil_all("OAUTHBEARER", messages)

    def test_frames_cut_and_flipped(self):
        """Of the requests around the messages: what a flip leaves valid may be answered, and nobody else is harmed."""
        handshake = sized(b"\0\x11\0\x01\0\0\0\x01" + text("wire") + text("PLAIN"))
        token = sized(b"\0\x24\0\x01\0\0\0\x02" + text("wire") + sized(plain("alice", "wrong")))
        with Witness(lambda: log_in(self.node)):
            for _, bad in spoiled(handshake + token):
                with self.node.wire() as wire:
                    wire.socket.sendall(bad)
                    wire.socket.shutdown(1)
                    try:
                        while True:
                            wire.frame()
                    except Closed:
                        pass

    def test_giant_messages(self):
        giant = "x" * 500_000  # just below sasl.server.max.receive.size
        before = self.node.memory()
        messages = {
            "PLAIN": [plain(giant, "x"), plain("alice", giant), giant.encode(), b"\0" * len(giant)],
            "SCRAM-SHA-256": [Scram(giant, "x").first(), f"n,,n=carol,r={giant}".encode(), f"n,a={giant},n=carol,r=x".encode(),
                              b"n,,n=carol,r=x," + b"a=b," * 100_000],
            "OAUTHBEARER": [bearer(giant), bearer(unsecured_token(more=giant[:300_000])), bearer(self.key.token(), giant),
                            bearer("x", giant), b"n,,\x01" + b"a=b\x01" * 100_000],
        }
        with Witness(lambda: log_in(self.node)):
            for mechanism, bad in messages.items():
                for message in bad:
                    with self.node.wire() as wire:
                        wire.handshake(mechanism)
                        error, told, answer, _ = wire.authenticate(message)
                        if error == OK:  # a challenge, which fails next
                            error, told, _, _ = wire.authenticate(b"\x01")
                        self.assertEqual(error, FAILED, message[:30])
                        self.assertLess(len(told), 2000)
            for size in (524_289, 1 << 30, (1 << 31) - 1):
                with self.node.wire() as wire:
                    wire.handshake("PLAIN")
                    wire.socket.sendall(size.to_bytes(4, "big") + b"\0\x24\0\x01")
                    with self.assertRaises(Closed):
                        wire.frame()
            with self.node.wire() as wire:  # the token's length is a lie
                wire.handshake("PLAIN")
                with self.assertRaises(Closed):
                    wire.ask(AUTHENTICATE, 1, (1 << 30).to_bytes(4, "big") + b"x")
        self.assertTrue(self.node.told("authentication failed", "a message larger than sasl.server.max.receive.size"))
        self.assertLess(max(map(len, self.node.lines().splitlines())), 2000)
        self.assertLess(self.node.memory() - before, 32 * MIB)

    def test_a_thousand_that_stop_in_the_middle(self):
        first = Scram("carol", "x").first()
        log_in(self.node)
        before = self.node.memory()
        waiting = []
        try:
            with Witness(lambda: log_in(self.node)):
                for i in range(1000):
                    wire = self.node.wire()
                    waiting.append(wire)
                    if i % 4 == 0:
                        continue
                    wire.handshake(MECHANISMS[i % 4])
                    if i % 4 == 1:
                        wire.authenticate(first)
                    elif i % 4 == 2:
                        wire.socket.sendall((500_000).to_bytes(4, "big") + b"\0\x24\0\x01")
            self.assertLess(self.node.memory() - before, 64 * MIB)
        finally:
            for wire in waiting:
                wire.socket.close()


if __name__ == "__main__":
    unittest.main()
