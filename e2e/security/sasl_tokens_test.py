"""Signed tokens: a real HTTP server publishes the keys and gives tokens out; keys change while the node runs."""
import base64
import http.server
import json
import subprocess
import threading
import time
import unittest
import urllib.parse

from process import WORK, eventually
from sasl_node import PACKAGE, SaslNode
from sasl_wire import bearer, unsecured_token, url64

OK, FAILED = 0, 58


class Key:
    """An RSA key, by openssl."""

    def __init__(self, name):
        self.name, self.path = name, WORK / f"{name}.pem"
        WORK.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "genrsa", "-out", self.path, "2048"], check=True, capture_output=True)

    def published(self):
        modulus = subprocess.run(["openssl", "rsa", "-in", self.path, "-noout", "-modulus"], check=True, capture_output=True, text=True)
        return {"kty": "RSA", "use": "sig", "kid": self.name, "e": "AQAB", "n": url64(bytes.fromhex(modulus.stdout.strip().split("=")[1]))}

    def token(self, lifetime=600, name=None, **claims):
        now = int(time.time())
        claims = {"sub": "alice", "iss": "https://issuer", "aud": "kafka", "iat": now, "exp": now + lifetime} | claims
        text = f'{url64(json.dumps({"alg": "RS256", "kid": name or self.name}).encode())}.{url64(json.dumps(claims).encode())}'
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path], input=text.encode(), check=True, capture_output=True)
        return f"{text}.{url64(signed.stdout)}"


class Provider:
    """Publishes keys, and gives a token to whoever has the client secret."""

    def __init__(self, key):
        self.keys, self.fetched, self.secret = [key], 0, "planted-client-secret"
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                try:
                    self.wfile.write(json.dumps(body).encode())
                except BrokenPipeError:
                    pass  # who hears that it may not come in need not hear why

            def do_GET(self):
                provider.fetched += 1
                self.answer(200, {"keys": [each.published() for each in provider.keys]})

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                login = base64.b64encode(f"tool:{provider.secret}".encode()).decode()
                if self.headers["Authorization"] == f"Basic {login}" and form["grant_type"] == ["client_credentials"]:
                    self.answer(200, {"access_token": provider.keys[0].token(sub="tool"), "token_type": "Bearer"})
                else:
                    self.answer(401, {"error": "invalid_client"})

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = Key("first")
        cls.provider = Provider(cls.key)
        cls.node = SaslNode("sasl-tokens", {
            "sasl.enabled.mechanisms": "OAUTHBEARER",
            "listener.name.clients.plain.sasl.jaas.config": None,
            "listener.name.clients.oauthbearer.sasl.jaas.config": f"{PACKAGE}.oauthbearer.OAuthBearerLoginModule required;",
            "listener.name.clients.oauthbearer.sasl.server.callback.handler.class": f"{PACKAGE}.oauthbearer.OAuthBearerValidatorCallbackHandler",
            "sasl.oauthbearer.jwks.endpoint.url": f"{cls.provider.url}/keys",
            "sasl.oauthbearer.expected.audience": "kafka,other",
            "sasl.oauthbearer.expected.issuer": "https://issuer",
        }).start()

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.provider.server.shutdown()

    def ask(self, token):
        """The error, and how long the session lasts."""
        with self.node.wire() as wire:
            wire.handshake("OAUTHBEARER")
            error, _, challenge, lifetime = wire.authenticate(bearer(token))
            if challenge:
                self.assertEqual(challenge, b'{"status":"invalid_token"}')
                error = wire.authenticate(b"\x01")[0]
            return error, lifetime

    def test_a_signed_token(self):
        eventually(lambda: self.ask(self.key.token())[0] == OK, "the keys are fetched")
        error, lifetime = self.ask(self.key.token(lifetime=100))
        self.assertTrue(error == OK and 90_000 < lifetime <= 100_000, lifetime)
        self.assertTrue(self.node.hears("authenticated", "User:alice"))

    def test_tokens_that_are_not_good(self):
        eventually(lambda: self.ask(self.key.token())[0] == OK, "the keys are fetched")
        for token, words in (
            (self.key.token(lifetime=-100), "expired"),
            (self.key.token(aud="elsewhere"), "is for 'elsewhere'"),
            (self.key.token(iss="https://me"), "issued by 'https://me'"),
            (Key("stranger").token(name="first"), "signature"),
            (unsecured_token(iss="https://issuer", aud="kafka"), "signature"),
        ):
            self.assertEqual(self.ask(token)[0], FAILED, words)
            self.assertTrue(self.node.hears("authentication failed", words), words)
            self.assertFalse(self.node.told(token, patience=0))

    def test_a_new_key_is_found(self):
        eventually(lambda: self.ask(self.key.token())[0] == OK, "the keys are fetched")
        fresh = Key("second")
        self.provider.keys.append(fresh)
        eventually(lambda: self.ask(fresh.token())[0] == OK, "the new key is fetched")
        self.assertEqual(self.ask(self.key.token())[0], OK)

    def test_our_own_tools(self):
        eventually(lambda: self.ask(self.key.token())[0] == OK, "the keys are fetched")
        properties = {
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER",
            "sasl.jaas.config": f"{PACKAGE}.oauthbearer.OAuthBearerLoginModule required;",
            "sasl.oauthbearer.token.endpoint.url": f"{self.provider.url}/token",
            "sasl.oauthbearer.client.credentials.client.id": "tool",
            "sasl.oauthbearer.client.credentials.client.secret": self.provider.secret,
        }
        self.assertIn("ClusterId", self.node.sasl_tool(properties, "metadata-quorum", "describe", "--status"))
        self.assertTrue(self.node.hears("authenticated", "User:tool"))
        wrong = self.node.sasl_tool(properties | {"sasl.oauthbearer.client.credentials.client.secret": "wrong"}, "topics", "--list")
        self.assertIn("cannot fetch", wrong)
        file = self.node.directory / "token"
        file.write_text(self.key.token() + "\n")
        by_file = properties | {"sasl.oauthbearer.token.endpoint.url": f"file://{file}"}
        self.assertIn("ClusterId", self.node.sasl_tool(by_file, "metadata-quorum", "describe", "--status"))


if __name__ == "__main__":
    unittest.main()
