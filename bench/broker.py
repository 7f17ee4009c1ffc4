"""A broker under measurement: started and stopped by e2e/broker.sh, and what the system says of its process."""

import os
import pathlib
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOAD = ROOT / "build/release/bench/barnabas-bench"
CLIENT = ROOT / "build/release/bench/barnabas-bench-client"
PROGRAM = ROOT / "build/release/barnabas"
# As Kafka's own start script has it.
JVM = "-server -Xms1g -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent"
ENVIRONMENT = {**os.environ, "HEAP": "1g", "JVM": JVM, "LOG": "warn"}
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Broker:
    """One broker on a fresh directory, with a listener for TLS if that is asked for. Stops with the `with` block."""

    def __init__(self, kind, directory, settings, tls=False):
        self.kind = kind
        self.directory = pathlib.Path(directory)
        self._script("configure", self.directory, *settings)
        self.address = None
        self.tls_address = self._speak_tls() if tls else None
        self.environment = {}  # of the process, besides what all have

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.address = self._script("start", self.kind, self.directory, environment=self.environment)
        self.pid = int((self.directory / "pid").read_text())

    def launch(self):
        """Starts the process on what `start()` made, and waits for nothing: for who measures the start itself."""
        config = self.directory / "server.properties"
        command = {
            "apache": [ROOT / "e2e/apache/apache.sh", "java", "kafka.Kafka", config],
            "barnabas": [PROGRAM, "start", "--config", config, "--override", "barnabas.http.listener="],
        }[self.kind]
        with open(self.directory / f"{self.kind}.log", "ab") as log:
            self.pid = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, env=ENVIRONMENT
            ).pid
        (self.directory / "pid").write_text(str(self.pid))

    def stop(self):
        self._script("stop", self.directory)

    def create_topic(self, name, partitions, configs):
        words = [word for config in configs for word in ("--config", config)]
        subprocess.run(
            [PROGRAM, "topics", "--bootstrap-server", self.address, "--create", "--topic", name,
             "--partitions", str(partitions), *words],
            check=True, stdout=subprocess.DEVNULL,
        )
        self._wait_for_leaders(name, partitions)

    def _wait_for_leaders(self, name, partitions):
        """Apache answers a creation before the partitions can be used."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            asked = subprocess.run(
                [PROGRAM, "get-offsets", "--bootstrap-server", self.address, "--topic", name],
                capture_output=True, text=True, check=False,
            )
            if len(asked.stdout.splitlines()) == partitions and not asked.stderr:
                return
            time.sleep(0.1)
        raise TimeoutError(f"{name} has no leaders on {self.kind}: {asked.stderr}")

    def delete_topic(self, name):
        subprocess.run([PROGRAM, "topics", "--bootstrap-server", self.address, "--delete", "--topic", name], check=True)

    def alter_topic(self, name, configs):
        subprocess.run(
            [PROGRAM, "configs", "--bootstrap-server", self.address, "--alter", "--entity-type", "topics",
             "--entity-name", name, "--add-config", ",".join(configs)],
            check=True, stdout=subprocess.DEVNULL,
        )

    def read_bytes(self):
        """What the process made the devices read so far."""
        for line in pathlib.Path(f"/proc/{self.pid}/io").read_text().splitlines():
            if line.startswith("read_bytes:"):
                return int(line.split()[1])
        raise KeyError("read_bytes")

    def cpu_seconds(self):
        """User and system time of the process so far."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, key):
        """A line of the process's status in MiB: VmRSS now, VmHWM at most so far."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        raise KeyError(key)

    def forget_peak(self):
        """VmHWM begins anew at what is resident now."""
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _speak_tls(self):
        """Certificates for this machine's loopback, and the listener's address."""
        folder = self.directory / "certs"
        for words in (("ca",), ("node", "--name", "bench", "--hosts", "localhost,127.0.0.1")):
            subprocess.run([PROGRAM, "certs", *words, "--dir", folder], check=True, stdout=subprocess.DEVNULL)
        address = f"127.0.0.1:{free_port()}"
        properties = self.directory / "server.properties"
        lines = []
        for line in properties.read_text().splitlines():
            key = line.partition("=")[0]
            if key in ("listeners", "advertised.listeners"):
                line += f",TLS://{address}"
            elif key == "listener.security.protocol.map":
                line += ",TLS:SSL"
            lines.append(line)
        lines += ["ssl.keystore.type=PEM", f"ssl.keystore.location={folder}/bench.pem"]
        properties.write_text("\n".join(lines) + "\n")
        return address

    def _script(self, *words, environment=None):
        done = subprocess.run(
            [ROOT / "e2e/broker.sh", *map(str, words)], check=True, capture_output=True, text=True,
            env=ENVIRONMENT | (environment or {}),
        )
        return done.stdout.strip()
