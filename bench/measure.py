"""One measurement: a load on a broker, and what it cost the broker."""

import json
import subprocess

from broker import LOAD


def load(broker, kind, topic, *flags):
    """Runs the load generator and returns what it counted."""
    done = subprocess.run(
        [LOAD, kind, broker.address, topic, *map(str, flags)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{kind} on {broker.kind}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def fill(broker, topic, partitions, megabytes):
    """Produces about so much, at full speed."""
    done = 0
    while done < megabytes * 1_000_000:
        counted = load(broker, "produce", topic, "--partitions", partitions, "--connections", partitions, "--depth", 4,
                       "--batch", 262144, "--record", 1024, "--warm-up", 0, "--seconds", 1)
        done += counted["bytes"]


def measure(broker, work, topic, seconds, warm_up):
    """The load's figures, with `cpu_s_per_gb` and `peak_mb` of the broker.

    CPU is of the whole run, the warm-up too, over all its bytes: so that both sides of the quotient see the same.
    """
    broker.create_topic(topic, work.partitions, work.topic)
    if work.fill:
        fill(broker, topic, work.partitions, work.fill)
    arguments = work.arguments()
    load(broker, work.kind, topic, *arguments, "--warm-up", 0, "--seconds", warm_up)
    before = broker.cpu_seconds()
    figures = load(broker, work.kind, topic, *arguments, "--warm-up", 0, "--seconds", seconds)
    figures["cpu_s_per_gb"] = (broker.cpu_seconds() - before) / max(figures["bytes"] / 1e9, 1e-9)
    figures["peak_mb"] = broker.memory("VmHWM")
    broker.delete_topic(topic)
    return figures
