"""A node with TLS listeners, and what its clients need to reach it."""
import shutil
import subprocess

from process import PROGRAM, WORK, Process, free_ports

STORES = WORK.parent / "tls/stores"


def certs(*words):
    done = subprocess.run([PROGRAM, "certs", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_certificates():
    """An authority that the node trusts, another that it does not, and certificates of both."""
    shutil.rmtree(STORES, ignore_errors=True)
    STORES.mkdir(parents=True)
    for authority in ("own", "other"):
        folder = f"{STORES}/{authority}"
        certs("ca", "--dir", folder, "--name", f"{authority} CA", "--password", "trust-secret")
        certs("node", "--dir", folder, "--name", "node", "--hosts", "localhost,127.0.0.1", "--password", "store-secret")
        certs("client", "--dir", folder, "--name", "alice", "--password", "store-secret")
    return STORES / "own"


def pem_settings(folder, name):
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": f"{folder}/{name}.pem",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": f"{folder}/ca.pem",
    }


class Secured(Process):
    """A node with the listeners PLAINTEXT, SSL and MUTUAL, which wants a certificate of its clients."""

    def __init__(self, name, folder, settings={}):
        super().__init__(name)
        self.ssl, self.mutual = free_ports(2)
        self.settings.update({
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},SSL://127.0.0.1:{self.ssl},"
                         f"MUTUAL://127.0.0.1:{self.mutual},CONTROLLER://127.0.0.1:{self.controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SSL:SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT",
            "listener.name.mutual.ssl.client.auth": "required",
            "barnabas.log.failures.per.peer": "1000000",
            "listener.name.mutual.ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/L,DEFAULT",
            **pem_settings(folder, "node"),
            **settings,
        })

    def client(self, name, settings):
        """The path of a properties file for a client."""
        path = self.directory / f"{name}.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in {"security.protocol": "SSL", **settings}.items()))
        return str(path)

    def over_tls(self, port, properties, *words):
        """(exit status, what a tool of ours prints)"""
        done = subprocess.run(
            [PROGRAM, *words, "--bootstrap-server", f"127.0.0.1:{port}", "--command-config", properties],
            capture_output=True, text=True, timeout=60,
        )
        return done.returncode, done.stdout + done.stderr
