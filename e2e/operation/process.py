"""`barnabas start` as a person runs it: settings on the command line, its log, its HTTP pages, the tools beside it."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "faults"))
PROGRAM = os.environ.get("BARNABAS", here.parent.parent / "build/release/barnabas")
WORK = here.parent.parent / "build/e2e/operation"
PATIENCE_SECONDS = 20
LOG_PATIENCE_SECONDS = 5


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    return [each.getsockname()[1] for each in sockets]


def eventually(condition, what, patience=PATIENCE_SECONDS):
    """The first true value of the condition."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {patience} s: {what}"
        time.sleep(0.05)
    return value


class Process:
    """One node. `settings` overrule those that every test needs; a value of None leaves a setting out."""

    def __init__(self, name, settings={}):
        self.directory = WORK / name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.port, self.controller, self.http = free_ports(3)
        self.address = f"127.0.0.1:{self.port}"
        self.settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self.controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller}",
            "log.dirs": f"{self.directory}/data",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "2",
            "group.initial.rebalance.delay.ms": "0",
            "barnabas.http.listener": f"127.0.0.1:{self.http}",
            **settings,
        }
        self.process = None

    def write(self):
        """Its server.properties."""
        properties = self.directory / "server.properties"
        properties.write_text("".join(f"{key}={value}\n" for key, value in self.settings.items() if value is not None))
        return properties

    def launch(self):
        properties = self.write()
        self.log = open(self.directory / "log", "w")
        self.process = subprocess.Popen([PROGRAM, "start", "--config", properties], stderr=self.log, start_new_session=True)
        return self

    def start(self):
        self.launch()
        eventually(lambda: self.process.poll() is not None or self.told("Barnabas is ready", patience=0), "the node is ready")
        assert self.process.poll() is None, self.lines()
        return self

    def fails(self):
        """The lines of a start that ends by itself."""
        self.launch()
        assert self.process.wait(PATIENCE_SECONDS) == 1
        return self.lines()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """Its exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def lines(self):
        return (self.directory / "log").read_text()

    def told(self, *words, patience=LOG_PATIENCE_SECONDS):
        """The line of the log with all these words, if there is one soon: lines are written a little later than events."""
        deadline = time.monotonic() + patience
        while True:
            line = next((line for line in self.lines().splitlines() if all(word in line for word in words)), None)
            if line is not None or time.monotonic() >= deadline:
                return line
            time.sleep(0.02)

    def tool(self, *words):
        """What one of the tools prints, errors too."""
        done = subprocess.run([PROGRAM, *words, "--bootstrap-server", self.address], capture_output=True, text=True)
        return done.stdout + done.stderr

    def format(self, *words):
        """What `barnabas format` says."""
        done = subprocess.run([PROGRAM, "format", "--config", self.write(), *words], capture_output=True, text=True)
        return done.stdout + done.stderr

    def change(self, key, value, broker="1"):
        """Changes a setting of this broker, or with "" of all; None takes it away."""
        entity = ["--entity-name", broker] if broker else ["--entity-default"]
        change = ["--delete-config", key] if value is None else ["--add-config", f"{key}={value}"]
        return self.tool("configs", "--entity-type", "brokers", *entity, "--alter", *change)

    def memory(self):
        """Resident bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def threads(self, name):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum((task / "comm").read_text().startswith(name) for task in tasks)

    def page(self, path):
        """(status, text)"""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def metrics(self):
        """Value by name and labels, as they stand on the page."""
        rows = (line.rsplit(" ", 1) for line in self.page("/metrics")[1].splitlines() if not line.startswith("#"))
        return {series: float(value) for series, value in rows}

    def metric(self, name, **labels):
        series = name + ("{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}" if labels else "")
        return self.metrics().get(series)
