"""A node with a listener that asks for SASL, and one that does not."""
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "operation"))
from process import PROGRAM, Process, free_ports  # noqa: E402

from sasl_wire import Wire  # noqa: E402

PACKAGE = "org.apache.kafka.common.security"
SECRETS = {"alice": "planted-alice-secret", "bob": "planted-bob-secret", "carol": "planted-carol-secret"}
PLAIN_JAAS = f'{PACKAGE}.plain.PlainLoginModule required user_alice="{SECRETS["alice"]}" user_bob="{SECRETS["bob"]}";'


def client_properties(mechanism, user, password):
    module = "plain.PlainLoginModule" if mechanism == "PLAIN" else "scram.ScramLoginModule"
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": mechanism,
        "sasl.jaas.config": f'{PACKAGE}.{module} required username="{user}" password="{password}";',
    }


class SaslNode(Process):
    def __init__(self, name, settings={}):
        (self.sasl_port,) = free_ports(1)
        super().__init__(name)
        self.sasl_address = f"127.0.0.1:{self.sasl_port}"
        listeners = self.settings["listeners"] + f",CLIENTS://{self.sasl_address}"
        self.settings |= {
            "listeners": listeners,
            "advertised.listeners": listeners,
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CLIENTS:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            "connection.failed.authentication.delay.ms": "0",
            "barnabas.log.level": "debug",
            "barnabas.log.failures.per.peer": "1000000",
            "listener.name.clients.plain.sasl.jaas.config": PLAIN_JAAS,
            **settings,
        }

    def wire(self, patience=10):
        return Wire("127.0.0.1", self.sasl_port, patience)

    def hears(self, *words):
        """The line of the log with all these words."""
        line = self.told(*words)
        assert line is not None, f"the log has no line with {words}"
        return line

    def give_password(self, user, mechanism="SCRAM-SHA-256"):
        told = self.tool("configs", "--alter", "--entity-type", "users", "--entity-name", user,
                         "--add-config", f"{mechanism}=[password={SECRETS[user]}]")
        assert "Completed updating config for user" in told, told

    def write_settings(self):
        path = self.directory / "server.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in self.settings.items() if value is not None))

    def format(self, *words):
        """What `barnabas format` says."""
        done = subprocess.run([PROGRAM, "format", "--config", self.directory / "server.properties", *words], capture_output=True, text=True)
        return done.stdout + done.stderr

    def sasl_tool(self, properties, *words):
        """What a tool prints that authenticates by these settings."""
        path = self.directory / "client.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        done = subprocess.run([PROGRAM, *words, "--bootstrap-server", self.sasl_address, "--command-config", path],
                              capture_output=True, text=True)
        return done.stdout + done.stderr
