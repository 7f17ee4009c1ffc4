"""Starts a node and runs one client's scenarios against it, which end with "N passed, N failed".

Its listeners: CLIENTS without TLS, SECURE with it, MUTUAL, which wants a certificate instead of a password. On SECURE,
bearer tokens must be signed by the provider at TOKENS.
"""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent), str(here.parent / "tls")]
from sasl_node import PACKAGE, PLAIN_JAAS, SECRETS, SaslNode, free_ports
from sasl_tokens_test import Key, Provider
from sasl_wire import unsecured_token
from secured import STORES, make_certificates, pem_settings

root = here.parent.parent.parent
COMMANDS = {
    "librdkafka": [root / "e2e/librdkafka/run.sh"],
    "librdkafka-new": [root / "e2e/librdkafka/run.sh"],
    "kcat": [sys.executable, "-B", here / "kcat.py"],
    "python": [root / "build/venv-clients/bin/python", "-B", here / "confluent.py"],
    "node": ["node", here / "kafkajs.js"],
    "go": [root / "e2e/clients/go/run.sh", "logins"],
    "kgo": [root / "e2e/clients/go/run.sh", "kgo-scram"],
    "java": [root / "e2e/apache/apache.sh", "java", here / "SaslClients.java"],
}


def start(client, own, tokens):
    secure, mutual = free_ports(2)
    node = SaslNode(f"sasl-clients-{client}")
    for key in ("listeners", "advertised.listeners"):
        node.settings[key] += f",SECURE://127.0.0.1:{secure},MUTUAL://127.0.0.1:{mutual}"
    node.settings |= {
        "listener.security.protocol.map":
            "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CLIENTS:SASL_PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
        "listener.name.secure.plain.sasl.jaas.config": PLAIN_JAAS,
        "listener.name.secure.oauthbearer.sasl.jaas.config": f"{PACKAGE}.oauthbearer.OAuthBearerLoginModule required;",
        "listener.name.secure.oauthbearer.sasl.oauthbearer.jwks.endpoint.url": f"{tokens.url}/keys",
        "listener.name.mutual.ssl.client.auth": "required",
        "delegation.token.secret.key": "planted-token-key",
        **pem_settings(own, "node"),
        # kafkajs authenticates again 10 s before a session ends, the others in its last tenth.
        "connections.max.reauth.ms": "12000" if client == "node" else "1500",
    }
    node.start()
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        node.give_password("carol", mechanism)
    return node, f"127.0.0.1:{secure}", f"127.0.0.1:{mutual}"


def newer_librdkafka():
    """A folder with the library of Python's client, for programs that look for Debian's."""
    folder = root / "build/e2e/newer-librdkafka"
    folder.mkdir(parents=True, exist_ok=True)
    library = next((root / "build/venv-clients").glob("lib/python3*/site-packages/confluent_kafka.libs/librdkafka*.so*"))
    link = folder / "librdkafka.so.1"
    link.unlink(missing_ok=True)
    link.symlink_to(library)
    return folder


def main(client, words):
    own = make_certificates()
    key = Key("tokens")
    tokens, stranger = Provider(key), Provider(Key("stranger"))
    node, secure, mutual = start(client, own, tokens)
    environment = {
        **os.environ, "BOOTSTRAP": node.sasl_address, "SECURE": secure, "MUTUAL": mutual,
        "CAROL": SECRETS["carol"], "ALICE": SECRETS["alice"],
        "OWN": str(own), "OTHER": str(STORES / "other"),  # certificates that are trusted, and that are not
        "TOKENS": f"{tokens.url}/token", "STRANGER": f"{stranger.url}/token", "TOKENS_SECRET": tokens.secret,
        "TOKEN": key.token(), "UNSIGNED": unsecured_token(), "EXPIRED": key.token(lifetime=-60),
        "KAFKAJS_NO_PARTITIONER_WARNING": "1", "NODE_PATH": str(root / "build/kafkajs/node_modules"),
        "SUITE": "e2e_librdkafka_logins_test",
        "KGO_TEST_SCRAM_SEEDS": node.sasl_address, "KGO_TEST_SCRAM": f"carol:{SECRETS['carol']}",
    }
    if client in ("librdkafka-new", "kcat"):
        environment["LD_LIBRARY_PATH"] = str(newer_librdkafka())
    try:
        return subprocess.run([*COMMANDS[client], *words], env=environment).returncode
    finally:
        node.kill()
        for provider in (tokens, stranger):
            provider.server.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
