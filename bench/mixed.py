"""What goes on beside a load at the tail, to see what the load feels of it.

Each takes the broker, the name of the load's topic, and whether it is to disturb: without, the quiet half of the
comparison is made ready. It yields a function that tells what it did, and raises RuntimeError when it did nothing.
"""

import contextlib
import os
import pathlib
import subprocess
import threading
import time

from broker import LOAD
from load import fill

COLD_MB = 2000
RETENTION = ("retention.bytes=20971520", "segment.bytes=4194304", "file.delete.delay.ms=1000")
COMPACTED = ("cleanup.policy=compact", "min.cleanable.dirty.ratio=0.01", "segment.bytes=4194304", "segment.ms=10000",
             "file.delete.delay.ms=1000")
COMPACTED_RATE = 10


def segments(broker, topic):
    """The topic's data files."""
    return sorted(pathlib.Path(broker.directory, "data").glob(f"{topic}-[0-9]*/*.log"))


def kept_mb(broker, topic):
    return sum(path.stat().st_size for path in segments(broker, topic)) / 1e6


def drop_from_cache(paths, first=False):
    """Makes reads of them go to the device. `first`: what is not yet written there is written before."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
            if first:
                os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextlib.contextmanager
def running_load(*words):
    """A load without end. Yields its process."""
    process = subprocess.Popen([LOAD, *map(str, words), "--seconds", "3600"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
        if process.poll() is not None:
            raise RuntimeError(f"the load beside ended: {process.stderr.read().strip()}")
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def reads(broker, topic, rate):
    """Reads the topic from its beginning again and again, its files never cached for long."""
    files = segments(broker, topic)
    drop_from_cache(files, first=True)
    done = threading.Event()

    def keep_cold():
        while not done.wait(0.5):
            drop_from_cache(files)

    before = broker.read_bytes()
    dropper = threading.Thread(target=keep_cold)
    dropper.start()
    try:
        with running_load("fetch", broker.address, topic, "--batch", 1 << 20, "--rate", rate, "--warm-up", 0):
            yield lambda: {"read_mb": (broker.read_bytes() - before) / 1e6}
    finally:
        done.set()
        dropper.join()


@contextlib.contextmanager
def cold_reader(broker, topic, disturb, rate=100):
    if not disturb:
        broker.create_topic(f"{topic}-cold", 1, ())
        fill(broker, f"{topic}-cold", 1, COLD_MB)
        drop_from_cache(segments(broker, f"{topic}-cold"), first=True)
        yield dict
        return
    with reads(broker, f"{topic}-cold", rate) as told:
        yield told
    if told()["read_mb"] < 50:
        raise RuntimeError("the cold reader read from memory, not from the device")
    broker.delete_topic(f"{topic}-cold")


def greedy_cold_reader(broker, topic, disturb):
    return cold_reader(broker, topic, disturb, rate=0)


@contextlib.contextmanager
def retention(broker, topic, disturb):
    """The load's own topic is cut at its beginning."""
    if not disturb:
        yield dict
        return
    broker.alter_topic(topic, RETENTION)
    yield lambda: {"kept_mb": kept_mb(broker, topic)}
    if kept_mb(broker, topic) > 200:
        raise RuntimeError(f"retention did not run: {kept_mb(broker, topic):.0f} MB are kept")


@contextlib.contextmanager
def compaction(broker, topic, disturb):
    """Another topic is produced to with many keys, in the quiet half too, but cleaned only in the other."""
    name = f"{topic}-{'compacted' if disturb else 'plain'}"
    broker.create_topic(name, 1, COMPACTED if disturb else ())
    with running_load("produce", broker.address, name, "--batch", 16384, "--record", 100, "--keyed", "--variety", 256,
                      "--depth", 4, "--rate", COMPACTED_RATE, "--warm-up", 0):
        if disturb:
            wait_for_cleaner(broker, name)
        yield lambda: {"kept_mb": kept_mb(broker, name)}
    broker.delete_topic(name)


def wait_for_cleaner(broker, topic):
    """Until it has cleaned the topic once."""
    checkpoint = pathlib.Path(broker.directory, "data/cleaner-offset-checkpoint")
    for _ in range(300):
        if checkpoint.exists() and f"{topic} 0 " in checkpoint.read_text():
            return
        time.sleep(0.1)
    raise RuntimeError(f"the cleaner did not run on {topic} in 30 s")
