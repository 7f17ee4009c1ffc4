"""Every kind of work of the benchmark for a moment, against our own broker: that the harness works and counts truly."""

import dataclasses
import json
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import long
import mixed
import plots
import report
import run
import works
from broker import CLIENT, LOAD, PROGRAM
from kept import SIDES, Kept
from load import load
from measure import measure
from node import node

SECONDS, WARM_UP, FILL = 0.2, 0.1, 20
MIXED_SECONDS = 1.2  # the cleaner and retention look once a second
LEFT_OUT = ("gzip", "snappy", "lz4", "librdkafka: produce, 16 KiB", "librdkafka: produce, 2 records", "librdkafka: end to end, 50")


def for_a_moment():
    return [work for work in works.WORKS if not any(words in work.name for words in LEFT_OUT)]


class EveryWork(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cold_mb, mixed.COLD_MB = mixed.COLD_MB, 150
        cls.kept = Kept(pathlib.Path(tempfile.mkdtemp()) / "results.json")
        with node("works", tls=True) as broker:
            for index, work in enumerate(for_a_moment()):
                few = dataclasses.replace(work, fill=min(work.fill, FILL))
                seconds = MIXED_SECONDS if work.beside else SECONDS
                for side in SIDES:  # the report needs both; ours stands for both
                    figures = figures if side == "barnabas" else measure(broker, few, f"work-{index}", seconds, WARM_UP)
                    cls.kept.add(work.name, side, 1, figures)

    @classmethod
    def tearDownClass(cls):
        mixed.COLD_MB = cls.cold_mb

    def test_has_sane_figures(self):
        for work in for_a_moment():
            with self.subTest(work.name):
                ((figures, _),) = self.kept.pairs(work.name)
                moved = ("requests",) if work.kind == "handshakes" else ("bytes", "mb_per_s")
                for key in (*moved, "requests_per_s", "peak_mb"):
                    self.assertGreater(figures[key], 0, key)
                steps = [figures[key] for key in ("p50_ms", "p99_ms", "p999_ms", "max_ms")]
                self.assertEqual(steps, sorted(steps))
                if not (work.client and work.kind == "fetch"):  # a client that reads ahead has no latency
                    self.assertGreater(steps[0], 0)
                if work.beside:
                    self.assertGreater(figures["p99_over_alone"], 0)

    def test_is_in_the_page_and_the_plots_can_be_read(self):
        with tempfile.TemporaryDirectory() as folder:
            docs, report.DOCS = report.DOCS, pathlib.Path(folder)
            try:
                report.write(self.kept, run.SETTINGS)
            finally:
                report.DOCS = docs
            text = pathlib.Path(folder, "benchmarks.md").read_text()
            for work in for_a_moment():
                self.assertIn(f"| {work.name} |", text)
            drawn = sorted(pathlib.Path(folder, "benchmarks").glob("*.svg"))
            self.assertEqual(len(drawn), len(report.PLOTS))
            for path in drawn:
                self.assertGreater(len(list(xml.etree.ElementTree.parse(path).iter())), 5)


class Generators(unittest.TestCase):
    def test_count_what_the_broker_has(self):
        with node("generators") as broker:
            for client in (False, True):
                topic = f"counted-{client}"
                broker.create_topic(topic, 1, ())
                told = load(broker, "produce", topic, "--batch", 300, "--record", 100, "--requests", 500, "--warm-up", 0,
                            "--seconds", 2, client=client)
                records = round(told["bytes"] / (100 if client else 300 / 2))
                asked = subprocess.run([PROGRAM, "get-offsets", "--bootstrap-server", broker.address, "--topic", topic],
                                       capture_output=True, text=True, check=True).stdout
                end = int(asked.rpartition(":")[2])
                if client:  # what it has in its hands at the end may be on its way
                    self.assertTrue(records <= end <= records + 10, f"{records} records told, {end} there")
                else:
                    self.assertIn(end, (1000, 1002))  # one more may have been sent upon the last answer

    def test_tell_interval_by_interval(self):
        with node("intervals") as broker:
            broker.create_topic("t", 1, ())
            for program in (LOAD, CLIENT):
                done = subprocess.run([program, "tail", broker.address, "t", "--record", "1000", "--rate", "1", "--warm-up", "0.2",
                                       "--seconds", "0.3", "--intervals", "3"], capture_output=True, text=True, check=True)
                lines = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual(len(lines), 3)
                self.assertTrue(all(line["bytes"] > 0 for line in lines))

    def test_say_what_is_wrong(self):
        for program in (LOAD, CLIENT):
            done = subprocess.run([program, "produce", "nowhere", "t"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("nowhere", done.stderr)


class LongRun(unittest.TestCase):
    def test_tells_the_drift(self):
        points = [{"seconds": i, "p99_ms": 1 + (i >= 6), "memory_mb": 50} for i in range(8)]
        self.assertEqual(long.drift(points, "p99_ms"), 2)
        self.assertEqual(long.drift(points, "memory_mb"), 1)

    def test_draws_lines_on_one_scale(self):
        drawn = plots.lines("t", "s", "seconds", {"apache": [(0, 4), (10, 4)], "barnabas": [(0, 1), (10, 1)]})
        paths = [each.get("points") for each in xml.etree.ElementTree.fromstring(drawn).iter() if each.tag.endswith("polyline")]
        apache, barnabas = (float(path.split()[0].split(",")[1]) for path in paths)
        self.assertLess(apache, barnabas)
