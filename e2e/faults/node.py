"""One of our nodes in a directory of its own, by e2e/broker.sh: settings, log, files."""
import os
import pathlib
import shutil
import subprocess
import time

from wire import Client, pattern_of

BROKER = pathlib.Path(__file__).parent.parent / "broker.sh"
WORK = pathlib.Path(__file__).parent.parent.parent / "build/e2e/faults"
LOG_PATIENCE_SECONDS = 5


class Node:
    def __init__(self, name, *settings, kind="barnabas"):
        self.kind = kind
        self.directory = WORK / name
        self.run("kill", check=False)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        self.address = self.run("configure", str(self.directory), *settings, directory=False)
        self.log = self.directory / f"{kind}.log"
        self.data = self.directory / "data"
        self.seen = 0

    def run(self, *command, check=True, directory=True):
        words = [BROKER, *command, *([self.directory] if directory else [])]
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "READY_SECONDS": "15"})
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
        return done.stdout.strip()

    def start(self):
        """Log lines from here on count."""
        self.seen = self.log.stat().st_size if self.log.exists() else 0
        self.run("start", self.kind)
        return self

    def refuses_to_start(self):
        try:
            self.start()
        except AssertionError:
            return True
        self.kill()
        return False

    def stop(self):
        self.run("stop")

    def kill(self):
        self.run("kill")

    def restart(self):
        self.stop()
        self.start()

    def alive(self):
        pid = self.directory / "pid"
        return pid.exists() and pathlib.Path("/proc", pid.read_text().strip()).exists()

    def client(self):
        return Client(self.address)

    def set(self, key, value):
        with open(self.directory / "server.properties", "a") as file:
            file.write(f"{key}={value}\n")

    def partition(self, name):
        return self.data / name

    def lines(self):
        with open(self.log, errors="replace") as file:
            file.seek(self.seen)
            return file.read().splitlines()

    def told(self, *words, patience=LOG_PATIENCE_SECONDS):
        """The first line of the log since the start that has these words in this order; None when there is none."""
        wanted = pattern_of(*words)
        deadline = time.monotonic() + patience
        while True:
            line = next((line for line in self.lines() if wanted.search(line)), None)
            if line or time.monotonic() > deadline:
                return line
            time.sleep(0.05)
