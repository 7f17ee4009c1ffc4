"""kcat: each mechanism with and without TLS, and by certificate, right and wrong."""
import os
import subprocess
import sys

given = os.environ
PLAINTEXT = {"bootstrap.servers": given["BOOTSTRAP"], "security.protocol": "SASL_PLAINTEXT"}
TLS = {"bootstrap.servers": given["SECURE"], "security.protocol": "SASL_SSL", "ssl.ca.location": given["OWN"] + "/ca.pem"}
MUTUAL = {"bootstrap.servers": given["MUTUAL"], "security.protocol": "SSL", "ssl.ca.location": given["OWN"] + "/ca.pem"}


def password(mechanism, user, secret):
    return {"sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": secret}


def certificate(folder):
    return {"ssl.certificate.location": f"{folder}/alice.pem", "ssl.key.location": f"{folder}/alice.pem"}


def kcat(settings, *words, text=""):
    options = [word for pair in settings.items() for word in ("-X", "=".join(pair))]
    return subprocess.run(["kcat", *words, *options], input=text, capture_output=True, text=True, timeout=40)


def right(name, settings):
    topic = f"kcat-{name}"
    sent = kcat(settings, "-P", "-t", topic, text="one\ntwo\nthree\n")
    assert sent.returncode == 0, sent.stderr
    read = kcat(settings, "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q")
    assert read.stdout == "one\ntwo\nthree\n", read
    listed = kcat(settings, "-L")
    assert topic in listed.stdout, listed


def wrong(settings, words):
    told = kcat(settings, "-L", "-m", "5")
    assert told.returncode != 0 and words in told.stderr, told


RIGHT = {
    "plain": PLAINTEXT | password("PLAIN", "alice", given["ALICE"]),
    "scram-256": PLAINTEXT | password("SCRAM-SHA-256", "carol", given["CAROL"]),
    "scram-512": PLAINTEXT | password("SCRAM-SHA-512", "carol", given["CAROL"]),
    "token": PLAINTEXT | {"sasl.mechanism": "OAUTHBEARER", "enable.sasl.oauthbearer.unsecure.jwt": "true",
                          "sasl.oauthbearer.config": "principal=alice"},
    "tls-plain": TLS | password("PLAIN", "alice", given["ALICE"]),
    "tls-scram-256": TLS | password("SCRAM-SHA-256", "carol", given["CAROL"]),
    "tls-scram-512": TLS | password("SCRAM-SHA-512", "carol", given["CAROL"]),
    "certificate": MUTUAL | certificate(given["OWN"]),
}
WRONG = {
    "plain": (PLAINTEXT | password("PLAIN", "alice", "wrong"), "Invalid username or password"),
    "scram-256": (PLAINTEXT | password("SCRAM-SHA-256", "carol", "wrong"), "invalid credentials"),
    "tls-scram-512": (TLS | password("SCRAM-SHA-512", "nobody", "wrong"), "invalid credentials"),
    "certificate": (MUTUAL | certificate(given["OTHER"]), "SSL"),
    "no certificate": (MUTUAL, "SSL"),
}

passed = failed = 0
for name, scenario in [(name, lambda name=name: right(name, RIGHT[name])) for name in RIGHT] + \
        [(f"wrong {name}", lambda name=name: wrong(*WRONG[name])) for name in WRONG]:
    try:
        scenario()
        passed += 1
    except (AssertionError, subprocess.TimeoutExpired) as error:
        failed += 1
        print(f"FAILED {name}: {error!r}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
