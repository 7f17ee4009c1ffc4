"""Measures Barnabas beside Apache Kafka. `./dev bench` builds what it needs and calls it."""

import argparse
import json
import re
import shutil
import sys

import report
from broker import Broker
from kept import FOLDER, SIDES, Kept
from measure import measure
from works import WORKS

# The last three so that a run of seconds sees retention and the cleaner at work.
SETTINGS = ["num.partitions=1", "log.segment.bytes=268435456",
            "log.retention.check.interval.ms=100", "log.initial.task.delay.ms=100", "log.cleaner.backoff.ms=1000"]
FSYNC = ["log.flush.interval.messages=1"]


def options():
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="Measure Barnabas beside Apache Kafka.",
        epilog="What is measured is kept in build/bench/results.json; docs/benchmarks.md is written from all that is there.",
    )
    parser.add_argument("--rounds", type=int, default=5, help="of each work on each broker, in turn (5)")
    parser.add_argument("--seconds", type=float, default=6, help="of each measurement (6)")
    parser.add_argument("--warm-up", type=float, default=3, help="seconds of load before each measurement (3)")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN",
                        help="the works whose names a regular expression is found in; may be said several times")
    parser.add_argument("--more", action="store_true", help="add rounds to those that are kept; without, they are replaced")
    parser.add_argument("--fsync", action="store_true", help="both sync to the device before each acknowledgement")
    parser.add_argument("--list", action="store_true", help="print the works' names, and how many rounds are kept")
    parser.add_argument("--report", action="store_true", help="measure nothing: write the page from what is kept")
    parser.add_argument("--no-docs", action="store_true", help="print the table alone")
    return parser.parse_args()


def chosen(patterns):
    works = [work for work in WORKS if not patterns or any(re.search(pattern, work.name) for pattern in patterns)]
    if not works:
        sys.exit("no work is called so; there are:\n" + "\n".join(work.name for work in WORKS))
    return works


def name_of(work, fsync):
    return work.name + (report.FSYNC_NAME if fsync else "")


def one_round(number, side, works, given, kept):
    """Every work once on one broker. What fails is said and left out. How many failed."""
    failed = 0
    settings = SETTINGS + (FSYNC if given.fsync else [])
    folder = FOLDER / f"{side}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    with Broker(side, folder, settings, tls=any(work.tls for work in works)) as broker:
        for index, work in enumerate(works):
            name = name_of(work, given.fsync)
            try:
                figures = measure(broker, work, f"work-{index}", given.seconds, given.warm_up)
            except Exception as problem:  # the other works are worth their time
                failed += 1
                print(f"round {number}: {side}: {name} FAILED: {problem}", flush=True)
                continue
            kept.add(name, side, number, figures)
            print(f"round {number}: {side}: {name}: {json.dumps(figures)}", flush=True)
    shutil.rmtree(folder / "data")
    return failed


def main():
    given = options()
    kept = Kept()
    if given.list:
        for work in WORKS:
            print(f"{len(kept.pairs(work.name)):3} rounds  {work.name}")
        return
    failed = 0
    if not given.report:
        works = chosen(given.only)
        names = [name_of(work, given.fsync) for work in works]
        if not given.more:
            kept.drop(names)
        first = max(kept.last_round(name) for name in names) + 1
        for number in range(first, first + given.rounds):
            for side in SIDES:
                failed += one_round(number, side, works, given, kept)
    print(report.summary(kept))
    if not given.no_docs:
        report.write(kept, SETTINGS)
    if failed:
        sys.exit(f"{failed} measurements failed")


if __name__ == "__main__":
    main()
