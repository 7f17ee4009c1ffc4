"""Runs the load generators."""

import json
import subprocess

from broker import CLIENT, LOAD


def load(broker, kind, topic, *flags, client=False):
    """What a load generator counted, in the last interval of its run."""
    address = broker.tls_address if "--tls" in flags else broker.address
    done = subprocess.run(
        [CLIENT if client else LOAD, kind, address, topic, *map(str, flags)],
        capture_output=True, text=True, check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{kind} on {broker.kind}: {done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def fill(broker, topic, partitions, megabytes):
    """Produces about so much, at full speed."""
    done = 0
    while done < megabytes * 1_000_000:
        counted = load(broker, "produce", topic, "--partitions", partitions, "--connections", partitions, "--depth", 4,
                       "--batch", 262144, "--record", 1024, "--warm-up", 0, "--seconds", 1)
        done += counted["bytes"]
