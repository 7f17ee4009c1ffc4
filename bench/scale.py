"""Measures what Barnabas costs when it only stands there, beside Apache Kafka. `./dev bench --scale` calls it.

usage: scale.py [--partitions N] [--connections N] [--only-ours] [--no-docs]
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import time

import report
import run
import wire
from broker import PROGRAM, ROOT, Broker
from kept import Kept, keep

HEADING = "## Starts, partitions, connections"

PER_TOPIC = 100
PAGE = f"""Made by `./dev bench --scale`, of one run: memory and counts are exact, times are of a machine that may be busy.
Partitions are created by requests of one topic with {PER_TOPIC} partitions each, one after another, and count as created
when all of them answer ListOffsets. A connection asked for ApiVersions once. Memory is resident memory.

"""
TOOL_RUNS = 20


def options():
    parser = argparse.ArgumentParser(prog="./dev bench --scale", description="Measure starts, partitions and connections.")
    parser.add_argument("--partitions", type=int, default=10_000, help="created in one cluster (10000)")
    parser.add_argument("--connections", type=int, default=10_000, help="held open (10000)")
    parser.add_argument("--only-ours", action="store_true", help="without Apache Kafka beside it")
    parser.add_argument("--no-docs", action="store_true", help="print the table alone")
    return parser.parse_args()


def until(condition, seconds=300):
    """Seconds until it holds; what is refused meanwhile is asked again."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        try:
            if condition():
                return time.monotonic() - begun
        except OSError:
            pass
        time.sleep(0.002)
    raise TimeoutError("the broker does not answer")


def settled(broker, key="VmRSS"):
    """MiB when they no longer change."""
    last = broker.memory(key)
    for _ in range(20):
        time.sleep(1)
        now = broker.memory(key)
        if abs(now - last) < 0.1:
            return now
        last = now
    return last


def descriptors(broker):
    return len(os.listdir(f"/proc/{broker.pid}/fd"))


def create(broker, partitions):
    """Seconds until all of them can be used, and the names of their topics."""
    names = [f"scale-{partitions}-{number}" for number in range(partitions // PER_TOPIC)]
    with wire.Connection(broker.address) as connection:
        begun = time.monotonic()
        for name in names:
            wire.create_topic(connection, name, PER_TOPIC)
        until(lambda: wire.led(connection, names, PER_TOPIC) == partitions)
        return time.monotonic() - begun, names


def restart(broker, names):
    """Seconds of a clean stop, to the first answer after it, and until every partition answers."""
    begun = time.monotonic()
    broker.stop()
    stopped = time.monotonic() - begun
    broker.launch()
    begun = time.monotonic()
    until(lambda: wire.answers(broker.address))
    first = time.monotonic() - begun

    def all_led():
        with wire.Connection(broker.address) as connection:
            return wire.led(connection, names, PER_TOPIC) == len(names) * PER_TOPIC

    until(all_led)
    return stopped, first, time.monotonic() - begun


def hold(broker, connections):
    """KiB of the broker's memory for each connection that asked once and then says nothing."""
    before = settled(broker)
    held = [wire.Connection(broker.address) for _ in range(connections)]
    for connection in held:
        connection.ask(wire.API_VERSIONS, 0, b"")
    after = settled(broker)
    for connection in held:
        connection.socket.close()
    return (after - before) * 1024 / connections


def tool_ms(command):
    times = []
    for _ in range(TOOL_RUNS):
        begun = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append((time.monotonic() - begun) * 1000)
    return statistics.median(times)


def apache_tool(*words):
    return [ROOT / "e2e/apache/apache.sh", "tool", *words]


def measure(kind, folder, given):
    """{name of a row: figure}"""
    figures = {}
    with Broker(kind, folder / f"{kind}-few", []) as broker:
        figures["idle memory, MiB"] = settled(broker)
        if kind == "barnabas":
            tool = [PROGRAM, "topics", "--bootstrap-server", broker.address, "--list"]
            figures["`--version`, ms"] = tool_ms([PROGRAM, "--version"])
        else:
            tool = apache_tool("topics", "--bootstrap-server", broker.address, "--list")
        figures["`topics --list`, ms"] = tool_ms(tool)
        figures["memory of an idle connection, KiB"] = hold(broker, given.connections)
    with Broker(kind, folder / f"{kind}-thousand", []) as broker:
        figures["1,000 partitions created, s"], names = create(broker, 1000)
        _, figures["start with 1,000 partitions to the first answer, s"], _ = restart(broker, names)
    with Broker(kind, folder / f"{kind}-many", []) as broker:
        many = f"{given.partitions:,} partitions"
        memory, files = settled(broker), descriptors(broker)
        figures[f"{many} created, s"], names = create(broker, given.partitions)
        figures["memory of an idle partition, KiB"] = (settled(broker) - memory) * 1024 / given.partitions
        figures["descriptors of an idle partition"] = (descriptors(broker) - files) / given.partitions
        stop, first, every = restart(broker, names)
        figures[f"clean stop with {many}, s"] = stop
        figures[f"start with {many} to the first answer, s"] = first
        figures[f"start with {many} until all answer, s"] = every
        figures["memory after that start, of a partition, KiB"] = (settled(broker) - memory) * 1024 / given.partitions
    return figures


def table(results):
    lines = ["| | Apache Kafka | Barnabas |", "|---|---|---|"]
    names = dict.fromkeys(name for side in results.values() for name in side)
    for name in names:
        cells = [f"{side[name]:.4g}" if name in side else "" for side in (results.get("apache", {}), results["barnabas"])]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    given = options()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    folder = ROOT / "build/bench-scale"
    shutil.rmtree(folder, ignore_errors=True)
    results = {}
    for kind in ("barnabas",) if given.only_ours else ("apache", "barnabas"):
        results[kind] = measure(kind, folder, given)
        print(f"{kind}: {json.dumps(results[kind])}", flush=True)
    print(table(results))
    if not given.no_docs and not given.only_ours:
        keep("scale", {"heading": HEADING, "text": PAGE + table(results), "results": results})
        report.write(Kept(), run.SETTINGS)


if __name__ == "__main__":
    main()
