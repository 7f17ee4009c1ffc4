"""Files that are missing, torn or wrong when a node starts: it mends what it can and says so, or names what a person must do."""
import os
import shutil
import struct
import unittest

from node import Node
from wire import KAFKA_STORAGE_ERROR, NONE, batch

BATCH_BYTES = 100_000


class Files(unittest.TestCase):
    """Each test writes to `t`, stops the node, breaks a file, and starts it again; `other` must never suffer."""

    def setUp(self):
        self.node = Node("files").start()
        with self.node.client() as client:
            for topic in ("t", "other"):
                self.assertEqual(client.create_topic(topic, segment_bytes=1 << 20)[0], NONE)
            self.assertEqual(client.produce("other", batch(b"kept"))[0], NONE)
        self.t = self.node.partition("t-0")
        self.written = []

    def tearDown(self):
        self.node.kill()

    def write(self, batches=25, **fields):
        with self.node.client() as client:
            for _ in range(batches):
                value = b"%d " % len(self.written) + os.urandom(4) * (BATCH_BYTES // 4)
                code, base, why = client.produce("t", batch(value, **fields))
                self.assertEqual((code, base), (NONE, len(self.written)), why)
                self.written.append(value)

    def segments(self, suffix=".log"):
        return sorted(path for path in self.t.iterdir() if path.name.endswith(suffix))

    def works(self, expected=None):
        """Both partitions can be read and written."""
        expected = self.written if expected is None else expected
        with self.node.client() as client:
            self.assertEqual(client.values("other"), [b"kept"])
            found = client.values("t")
            self.assertEqual(len(found), len(expected))
            self.assertEqual(found, expected)
            code, base, why = client.produce("t", batch(b"after"))
            self.assertEqual((code, base), (NONE, client.end_offset("t")[1] - 1), why)
            self.assertEqual(client.values("t"), expected + [b"after"])

    def told(self, *words):
        self.assertIsNotNone(self.node.told(*words), f"no line with {words} in\n" + "\n".join(self.node.lines()))

    def test_a_missing_segment(self):
        self.write()
        self.node.stop()
        first, second, third = (int(path.stem) for path in self.segments())
        os.remove(self.t / f"{second:020}.log")
        self.node.start()
        self.told("WARN", "t-0", f"from={second}", f"to={third - 1}", "do=")
        self.works(self.written[:second] + self.written[third:])

    def test_a_missing_segment_after_a_crash(self):
        self.write()
        self.node.kill()
        _, second, third = (int(path.stem) for path in self.segments())
        for path in self.t.glob(f"{second:020}.*"):
            path.unlink()
        self.node.start()
        self.told("WARN", "t-0", f"from={second}", f"to={third - 1}", "do=")
        self.works(self.written[:second] + self.written[third:])

    def test_missing_indexes(self):
        self.write()
        self.node.stop()
        for suffix in (".index", ".timeindex"):
            self.segments(suffix)[0].unlink()
        self.node.start()
        self.told("WARN", "index is made anew", "t-0", "missing")
        self.works()

    def test_corrupt_indexes(self):
        self.write()
        self.node.stop()
        for suffix, size in ((".index", 8), (".timeindex", 12)):
            path = self.segments(suffix)[0]
            path.write_bytes(b"\x7f" * size * 3)
            self.segments(suffix)[1].write_bytes(b"\0" * 5)
        self.node.start()
        self.told("WARN", "index is made anew", "t-0")
        self.works()
        with self.node.client() as client:
            self.assertEqual(client.end_offset("t", timestamp=1)[:2], (NONE, 0))

    def test_half_written_checkpoints(self):
        self.write()
        self.node.stop()
        names = ("recovery-point-offset-checkpoint", "replication-offset-checkpoint", "log-start-offset-checkpoint",
                 "cleaner-offset-checkpoint")
        for name in names:
            (self.node.data / name).write_text("0\n3\nt 0 1")
        (self.t / "leader-epoch-checkpoint").write_text("0\n1\n0")
        self.node.start()
        for name in names:
            self.told("WARN", "checkpoint damaged", name, "so_this_node=")
        self.told("WARN", "leader epochs are read anew", "t-0")
        self.works()

    def test_torn_producer_snapshots_and_the_duplicates_they_guard_against(self):
        with self.node.client() as client:
            producer, epoch = client.new_producer()
        for sequence in range(15):
            self.write(1, producer=producer, epoch=epoch, sequence=sequence)
        self.node.stop()
        snapshots = self.segments(".snapshot")
        self.assertGreater(len(snapshots), 1)
        for path in snapshots:
            path.write_bytes(path.read_bytes()[:-7])
        self.node.start()
        self.told("WARN", "producer snapshot", "t-0")
        with self.node.client() as client:
            again = client.produce("t", batch(self.written[14], producer=producer, epoch=epoch, sequence=14))
            self.assertEqual(again[:2], (NONE, 14), "a duplicate")
        self.write(1, producer=producer, epoch=epoch, sequence=15)
        self.works()

    def test_a_torn_tail(self):
        self.write(12)
        self.node.kill()
        torn = [batch(b"x" * 100, base_offset=12)[:-5], batch(b"x", crc=1), os.urandom(61), b"\1"]
        for tail, told in [*((each, ("WARN", "cut the end of a log")) for each in torn),
                           (b"\0" * 5000, ("INFO", "cut the unused end of a log"))]:
            with self.subTest(tail=tail[:8]):
                with open(self.segments()[-1], "ab") as file:
                    file.write(tail)
                self.node.start()
                self.told(*told, "t-0", f"bytes={len(tail)}")
                with self.node.client() as client:
                    self.assertEqual(client.values("t"), self.written)
                self.node.kill()
        self.node.start()
        self.works()

    def test_a_corrupt_segment_in_the_middle(self):
        self.write()
        self.node.stop()
        with open(self.segments()[0], "r+b") as file:
            file.seek(3 * (BATCH_BYTES + 80))
            file.write(os.urandom(500_000))
        self.node.start()
        with self.node.client() as client:
            self.assertEqual(client.values("other"), [b"kept"])
            behind = int(self.segments()[1].stem)
            self.assertEqual(client.fetch("t", behind)[0], NONE)
            for offset in range(behind):  # whatever is answered, it is answered
                client.fetch("t", offset)
        self.assertTrue(self.node.alive())

    def test_a_torn_tail_of_the_metadata(self):
        self.node.kill()
        log = self.node.partition("__cluster_metadata-0") / f"{0:020}.log"
        with open(log, "ab") as file:
            file.write(batch(b"x" * 100, base_offset=1000)[:-5])
        self.node.start()
        self.told("WARN", "cut the end of a log", "__cluster_metadata-0")
        self.works()

    def test_a_damaged_metadata_log(self):
        self.node.stop()
        log = self.node.partition("__cluster_metadata-0") / f"{0:020}.log"
        whole = log.read_bytes()
        log.write_bytes(whole[:300] + b"\xff" * 30 + whole[330:])
        self.assertTrue(self.node.refuses_to_start(), "topics would be forgotten")
        self.told("ERROR", "node cannot start", str(log), "restore")
        log.write_bytes(whole)
        self.node.start()
        self.works()

    def test_a_torn_metadata_snapshot(self):
        self.node.set("metadata.log.max.record.bytes.between.snapshots", 1000)
        self.node.restart()
        with self.node.client() as client:
            for number in range(20):
                client.create_topic(f"more-{number}")
        self.node.stop()
        metadata = self.node.partition("__cluster_metadata-0")
        last = sorted(path for path in metadata.iterdir() if path.name.endswith(".checkpoint"))[-1]
        self.assertFalse(last.name.startswith(f"{0:020}"))
        whole = last.read_bytes()
        for torn in (whole[:-9], whole[:len(whole) // 2], whole[:30], b"", whole[:200] + b"x" + whole[201:]):
            with self.subTest(size=len(torn)):
                last.write_bytes(torn)
                self.assertTrue(self.node.refuses_to_start())
                self.told("ERROR", str(last), "restore")
                self.told("ERROR", "node cannot start")
        last.write_bytes(whole)
        self.node.start()
        self.works()

    def test_a_corrupt_quorum_state(self):
        self.node.stop()
        path = self.node.partition("__cluster_metadata-0") / "quorum-state"
        whole = path.read_bytes()
        path.write_bytes(whole[:10])
        self.assertTrue(self.node.refuses_to_start())
        self.told("ERROR", "node cannot start", str(path), "restore")
        path.write_bytes(whole)
        self.node.start()
        self.works()

    def test_a_missing_topic_id(self):
        self.write(3)
        self.node.stop()
        (self.t / "partition.metadata").unlink()
        self.node.start()
        self.works()
        self.assertTrue((self.t / "partition.metadata").exists())

    def test_a_corrupt_topic_id(self):
        self.write(3)
        self.node.stop()
        path = self.t / "partition.metadata"
        whole = path.read_text()
        path.write_text("version: 0\ntopic")
        self.node.start()
        self.told("ERROR", "partition cannot be opened", "t-0", "partition.metadata")
        with self.node.client() as client:
            self.assertEqual(client.values("other"), [b"kept"])
            code, _, why = client.produce("t", batch(b"x"))
            self.assertEqual(code, KAFKA_STORAGE_ERROR)
            self.assertIn("partition.metadata", why)
        self.node.stop()
        path.write_text(whole)
        self.node.start()
        self.works()

    def test_folders_that_are_no_partitions(self):
        self.node.stop()
        for name in ("lost+found", "t", "t-99999999999", "-0", "t-0.bak"):
            (self.node.data / name).mkdir()
        (self.node.data / "no-folder-0").write_text("x")
        self.node.start()
        for name in ("lost+found", "t-99999999999", "t-0.bak"):
            self.told("WARN", "no partition", f"/{name} ")
            self.assertTrue((self.node.data / name).is_dir())
        self.works()

    def test_a_partition_of_another_topic(self):
        self.write(3)
        self.node.stop()
        shutil.copytree(self.t, self.node.data / "unknown-0")
        self.node.start()
        self.told("WARN", "set aside", "unknown-0", "renamed_to=")
        self.works()

    def test_meta_properties(self):
        self.node.stop()
        path = self.node.data / "meta.properties"
        whole = path.read_text()
        lines = dict(line.split("=", 1) for line in whole.splitlines() if "=" in line)
        cases = {
            "half of it": (whole[:whole.index("cluster.id") + 4], ("cluster.id", "restore")),
            "another node's": (whole.replace("node.id=1", "node.id=7"), ("belongs to node 7", "this is node 1", "node.id=7")),
            "no number": (whole.replace("node.id=1", "node.id=one"), ("node.id", "restore")),
            "version 5": (whole.replace("version=1", "version=5"), ("version 5",)),
            "a directory.id that is none": (whole.replace(lines["directory.id"], "x"), ("directory.id", "restore")),
            "nothing": ("", (str(path),)),
        }
        for name, (text, words) in cases.items():
            with self.subTest(name):
                path.write_text(text)
                self.assertTrue(self.node.refuses_to_start())
                self.told("ERROR", "node cannot start", *words)
        with self.subTest("none"):
            path.unlink()
            self.assertTrue(self.node.refuses_to_start())
            self.told("ERROR", "node cannot start", "no meta.properties", "restore")
        path.write_text(whole)
        self.node.start()
        self.works()
        with self.subTest("a second directory of another cluster"):
            self.node.stop()
            second = self.node.directory / "second"
            second.mkdir()
            other = whole.replace(lines["cluster.id"], "AAAAAAAAAAAAAAAAAAAAAQ").replace(lines["directory.id"],
                                                                                         "BBBBBBBBBBBBBBBBBBBBBQ")
            (second / "meta.properties").write_text(other)
            self.node.set("log.dirs", f"{self.node.data},{second}")
            self.assertTrue(self.node.refuses_to_start())
            self.told("ERROR", "node cannot start", "AAAAAAAAAAAAAAAAAAAAAQ", lines["cluster.id"].replace("\\", ""))

    def test_a_directory_in_use(self):
        with open(self.node.directory / "server.properties") as file:
            text = file.read()
        twin = Node("twin")
        try:
            lines = [line for line in text.splitlines() if line.startswith("log.dirs")]
            twin.set("log.dirs", lines[-1].split("=", 1)[1])
            self.assertTrue(twin.refuses_to_start())
            self.assertIsNotNone(twin.told("ERROR", "node cannot start", "in use by another process"))
        finally:
            twin.kill()
        self.works()
