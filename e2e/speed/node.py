"""One of our nodes in a directory of its own, as the benchmark starts it, and loads of so many requests."""

import contextlib
import pathlib
import shutil

from broker import ROOT, Broker
from load import load

WORK = ROOT / "build/e2e/speed"
LIBRARY = ROOT / "build/release/e2e/liballocations.so"
SETTINGS = ["log.retention.check.interval.ms=1000", "log.cleaner.backoff.ms=1000"]


@contextlib.contextmanager
def node(name, counting=False, tls=False):
    """Runs, and leaves no data. `counting`: it counts its allocations into `allocations` of its directory."""
    directory = WORK / name
    shutil.rmtree(directory, ignore_errors=True)
    broker = Broker("barnabas", directory, SETTINGS, tls)
    if counting:
        broker.environment = {"LD_PRELOAD": str(LIBRARY), "BARNABAS_ALLOCATIONS": str(pathlib.Path(directory, "allocations"))}
    try:
        with broker:
            yield broker
    finally:
        shutil.rmtree(directory / "data", ignore_errors=True)


TAIL = ("--depth", 4, "--record", 1000, "--batch", 2000, "--rate", 0.4)
LOADS = {  # of bounds.py: (kind, flags, requests of the shorter and of the longer run)
    "produce 300 B": ("produce", ("--batch", 300), (100, 700)),
    "produce 16 KiB": ("produce", ("--batch", 16384), (100, 700)),
    "produce 256 KiB": ("produce", ("--batch", 262144, "--record", 1024), (50, 250)),
    "fetch 1 MiB, hot": ("fetch", ("--batch", 1 << 20), (50, 300)),
    "tail 2 KB": ("tail", TAIL, (40, 200)),
}


def prepare(broker):
    for kind in ("produce", "fetch", "tail"):
        broker.create_topic(kind, 1, ())
    load(broker, "produce", "fetch", "--batch", 262144, "--record", 1024, "--requests", 200, "--warm-up", 0, "--seconds", 60)


def run(broker, name, requests):
    """How many there were. At the tail those are batches, each of one record: a late fetch takes several."""
    kind, flags, _ = LOADS[name]
    told = load(broker, kind, kind, *flags, "--requests", requests, "--warm-up", 0, "--seconds", 60)
    return told["records" if kind == "tail" else "requests"]


def of_one_request(broker, name, count):
    """What one more request costs, by the difference of two runs: connecting and the like are in both.

    `count(load)` runs it and returns {what: how often}."""
    run(broker, name, LOADS[name][2][0])
    done = []
    less, more = (count(lambda: done.append(run(broker, name, requests))) for requests in LOADS[name][2])
    return {what: (more[what] - less[what]) / (done[1] - done[0]) for what in more}
