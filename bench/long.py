"""A long, steady, mixed load on both brokers, and how their latency and memory move. `./dev bench --long` calls it."""

import argparse
import json
import shutil
import statistics
import subprocess
import time

import mixed
import plots
import report
import run
from broker import LOAD, Broker
from kept import FOLDER, SIDES, Kept, keep
from load import fill

HEADING = "## A long run"
PAGE = """{minutes:g} minutes each of: a tail at 10 MB/s (whose latency this is), a keyed topic that is compacted, produced to at {compacted} MB/s,
idempotent and zstd-compressed batches at 5 MB/s, a reader from the beginning at 50 MB/s; retention and compaction at work. A point is the p99
of {interval:g} s, and the resident memory at its end. The drift is the median of the last quarter over that of the second: the first is
left to warm up.

"""
SETTINGS = [*run.SETTINGS, "log.segment.bytes=33554432"]


def options():
    parser = argparse.ArgumentParser(prog="./dev bench --long", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of load on each broker (10)")
    parser.add_argument("--interval", type=float, default=10, help="seconds of a point (10)")
    parser.add_argument("--only-ours", action="store_true", help="without Apache Kafka beside it, and without the page")
    parser.add_argument("--no-docs", action="store_true", help="print alone")
    return parser.parse_args()


def beside(broker):
    """The loads beside the tail: words of the load generator."""
    broker.create_topic("old", 1, ())
    fill(broker, "old", 1, 500)
    broker.create_topic("compacted", 1, mixed.COMPACTED)
    broker.create_topic("squeezed", 2, mixed.RETENTION)
    return [
        ("fetch", broker.address, "old", "--batch", 1 << 20, "--rate", 50),
        ("produce", broker.address, "compacted", "--batch", 16384, "--record", 100, "--keyed", "--variety", 256, "--depth", 4,
         "--rate", mixed.COMPACTED_RATE),
        ("produce", broker.address, "squeezed", "--partitions", 2, "--batch", 16384, "--record", 1024, "--codec", "zstd",
         "--idempotent", "--depth", 5, "--rate", 5),
    ]


def measure(side, given):
    """[{seconds, p50_ms, p99_ms, p999_ms, max_ms, mb_per_s, memory_mb}]"""
    folder = FOLDER / f"long-{side}"
    shutil.rmtree(folder, ignore_errors=True)
    points = []
    with Broker(side, folder, SETTINGS) as broker:
        broker.create_topic("tail", 1, ("retention.bytes=200000000",))
        running = [mixed.running_load(*words) for words in beside(broker)]
        for load in running:
            load.__enter__()
        try:
            words = [LOAD, "tail", broker.address, "tail", "--depth", 64, "--batch", 16384, "--record", 1000, "--rate", 10, "--warm-up", 1,
                     "--seconds", given.interval, "--intervals", max(int(given.minutes * 60 / given.interval), 1)]
            begun = time.monotonic()
            with subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, text=True) as tail:
                for line in tail.stdout:
                    points.append({**json.loads(line), "seconds": time.monotonic() - begun, "memory_mb": broker.memory("VmRSS")})
                    print(f"{side}: {points[-1]['seconds']:.0f} s: p99 {points[-1]['p99_ms']:.3f} ms, "
                          f"{points[-1]['memory_mb']:.1f} MiB", flush=True)
            if tail.returncode:
                raise RuntimeError(f"the tail on {side} failed")
        finally:
            for load in running:
                load.__exit__(None, None, None)
    shutil.rmtree(folder / "data")
    return points


def drift(points, key):
    """The median of the last quarter over that of the second."""
    quarter = max(len(points) // 4, 1)
    return statistics.median(p[key] for p in points[-quarter:]) / statistics.median(p[key] for p in points[quarter:2 * quarter] or points)


def table(results):
    rows = [[plots.NAMES[side], *(f"{statistics.median(p[key] for p in points):.3g}" for key in ("p50_ms", "p99_ms", "p999_ms")),
             f"{max(p['max_ms'] for p in points):.3g}", f"{points[0]['memory_mb']:.0f}", f"{points[-1]['memory_mb']:.0f}",
             f"{drift(points, 'p99_ms'):.2f}", f"{drift(points, 'memory_mb'):.2f}"] for side, points in results.items()]
    return report.grid(["", "p50 ms", "p99 ms", "p99.9 ms", "most ms", "MiB at the beginning", "MiB at the end", "drift of p99",
                        "drift of memory"], rows)


def draw(results):
    folder = report.DOCS / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    for key, title in (("p99_ms", "p99 at the tail over time, ms"), ("memory_mb", "Resident memory over time, MiB")):
        series = {side: [(p["seconds"], p[key]) for p in points] for side, points in results.items()}
        (folder / f"long-{key}.svg").write_text(plots.lines(title, "Less is better", "seconds", series))
    return "![p99 over time](benchmarks/long-p99_ms.svg)\n\n![memory over time](benchmarks/long-memory_mb.svg)\n"


def main():
    given = options()
    results = {side: measure(side, given) for side in (("barnabas",) if given.only_ours else SIDES)}
    print(table(results))
    if given.no_docs or given.only_ours:
        return
    about = PAGE.format(minutes=given.minutes, interval=given.interval, compacted=mixed.COMPACTED_RATE)
    keep("long", {"heading": HEADING, "text": about + table(results) + "\n" + draw(results), "points": results})
    report.write(Kept(), run.SETTINGS)


if __name__ == "__main__":
    main()
