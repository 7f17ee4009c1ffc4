"""Measures Barnabas beside Apache Kafka. `./dev bench` builds what it needs and calls it.

usage: run.py [--rounds N] [--seconds S] [--only WORDS] [--fsync] [--no-docs]
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

import report
from broker import ROOT, Broker
from measure import measure
from works import WORKS

SETTINGS = ["num.partitions=1", "log.segment.bytes=268435456", "log.retention.check.interval.ms=10000"]
FSYNC = ["log.flush.interval.messages=1"]


def options():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measure Barnabas beside Apache Kafka.")
    parser.add_argument("--rounds", type=int, default=5, help="of each work on each broker (5)")
    parser.add_argument("--seconds", type=float, default=6, help="of each measurement (6)")
    parser.add_argument("--warm-up", type=float, default=3, help="seconds of load before each measurement (3)")
    parser.add_argument("--only", default="", help="the works whose names hold these words")
    parser.add_argument("--fsync", action="store_true", help="both sync to the device before each acknowledgement")
    parser.add_argument("--no-docs", action="store_true", help="print the table alone")
    return parser.parse_args()


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def about(given, settings):
    version = subprocess.run([ROOT / "build/release/barnabas", "--version"], capture_output=True, text=True, check=False)
    return {
        "machine": f"{os.cpu_count()} cores, {cpu_name()}, Linux {platform.release()}, loopback; the load generator runs on the same cores",
        "versions": f"Apache Kafka 4.3.1 on Java 17 with 1 GiB of heap and the flags of Kafka's start script; {version.stdout.strip() or 'Barnabas'}, as released",
        "settings": f"one node, broker and controller; acks=all, replication factor 1; {', '.join(settings)}; the rest default",
        "rounds": f"{given.rounds} of {given.seconds:g} s each, after {given.warm_up:g} s of the same load",
    }


def main():
    given = options()
    works = [work for work in WORKS if given.only in work.name]
    if not works:
        sys.exit(f"no work is called '{given.only}'; there are: " + "; ".join(work.name for work in WORKS))
    settings = SETTINGS + (FSYNC if given.fsync else [])
    folder = ROOT / "build/bench"
    shutil.rmtree(folder, ignore_errors=True)
    results = {work.name: {"apache": [], "barnabas": []} for work in works}
    for number in range(given.rounds):
        for kind in ("apache", "barnabas"):
            with Broker(kind, folder / f"{kind}-{number}", settings) as broker:
                for index, work in enumerate(works):
                    figures = measure(broker, work, f"work-{index}", given.seconds, given.warm_up)
                    results[work.name][kind].append(figures)
                    print(f"round {number + 1}: {kind}: {work.name}: {json.dumps(figures)}", flush=True)
            shutil.rmtree(folder / f"{kind}-{number}/data")
    (folder / "results.json").write_text(json.dumps(results, indent=1))
    print(report.table(results))
    if not given.no_docs:
        report.write(results, about(given, settings), ROOT / "docs")


if __name__ == "__main__":
    main()
