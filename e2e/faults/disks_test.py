"""Disks that are full, cannot be written, or are gone: the partitions on them answer KAFKA_STORAGE_ERROR, the others go on,
and nothing that was acknowledged is lost."""
import contextlib
import os
import subprocess
import unittest

from node import Node
from wire import KAFKA_STORAGE_ERROR, NONE, batch

MIB = 1 << 20


def mounted(path, *options):
    """A small disk at `path`; skips where tests may not mount."""
    path.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", path], capture_output=True, text=True)
    if done.returncode != 0:
        raise unittest.SkipTest(f"a disk of its own cannot be mounted: {done.stderr.strip()}")


class Disks(unittest.TestCase):
    def setUp(self):
        with contextlib.suppress(FileNotFoundError):
            self.unmount()
        self.node = Node("disks")
        self.small = self.node.directory / "small"
        self.addCleanup(self.unmount)
        self.addCleanup(self.node.kill)

    def unmount(self):
        from node import WORK
        subprocess.run(["umount", "-l", WORK / "disks" / "small"], capture_output=True)

    def told(self, *words):
        self.assertIsNotNone(self.node.told(*words), f"no line with {words} in\n" + "\n".join(self.node.lines()))

    def fill(self, topic, most=200):
        """Writes until it is refused: the values that were acknowledged, and the refusal."""
        kept = []
        with self.node.client() as client:
            for number in range(most):
                value = b"%d " % number + os.urandom(5) * 20_000
                code, base, why = client.produce(topic, batch(value))
                if code != NONE:
                    return kept, code, why
                self.assertEqual(base, number)
                kept.append(value)
        self.fail("the disk is never full")

    def topics_on_both(self):
        """A topic on the large disk and one on the small."""
        found = {}
        with self.node.client() as client:
            for name in ("a", "b"):
                self.assertEqual(client.create_topic(name, segment_bytes=MIB)[0], NONE)
                found["small" if (self.small / f"{name}-0").exists() else "large"] = name
        self.assertEqual(sorted(found), ["large", "small"])
        return found["large"], found["small"]

    def test_a_full_disk_beside_another(self):
        mounted(self.small, "size=8m")
        self.node.set("log.dirs", f"{self.node.data},{self.small}")
        self.node.set("metadata.log.dir", self.node.data)
        self.node.start()
        large, small = self.topics_on_both()
        kept, code, why = self.fill(small)
        self.assertEqual(code, KAFKA_STORAGE_ERROR)
        self.assertIn("No space left", why)
        self.assertGreater(len(kept), 50)
        self.told("ERROR", str(self.small), "No space left", "make room")
        with self.node.client() as client:
            self.assertEqual(client.produce(large, batch(b"goes on"))[0], NONE)
            self.assertEqual(client.produce(small, batch(os.urandom(100_000)))[0], KAFKA_STORAGE_ERROR)
            self.assertEqual(client.values(small), kept)
        self.assertTrue(self.node.alive())
        with self.subTest("killed while it is full"):
            self.node.kill()
            self.node.start()
            with self.node.client() as client:
                self.assertEqual(client.values(large), [b"goes on"])
                self.assertEqual(client.values(small), kept)
        with self.subTest("stopped while it is full"):
            self.node.restart()
            with self.node.client() as client:
                self.assertEqual(client.values(small), kept)
        with self.subTest("room is made"):
            subprocess.run(["mount", "-o", "remount,size=32m", self.small], check=True)
            with self.node.client() as client:
                self.assertEqual(client.produce(small, batch(os.urandom(100_000)))[:2], (NONE, len(kept)))
                more = client.values(small)
            self.assertEqual(more[:-1], kept)
            self.node.restart()
            with self.node.client() as client:
                self.assertEqual(client.values(small), more)
                self.assertEqual(client.log_dirs(), {str(self.node.data): NONE, str(self.small): NONE})

    def test_the_only_disk_is_full(self):
        mounted(self.small, "size=8m")
        self.node.set("log.dirs", self.small)
        self.node.start()
        with self.node.client() as client:
            self.assertEqual(client.create_topic("t", segment_bytes=MIB)[0], NONE)
        kept, code, why = self.fill("t")
        self.assertEqual(code, KAFKA_STORAGE_ERROR)
        self.told("ERROR", str(self.small), "No space left", "make room")
        self.node.kill()
        with open(self.small / "filler", "wb") as filler, contextlib.suppress(OSError):
            filler.write(b"x" * 8 * MIB)
        with self.subTest("it starts, or says why not"):
            if self.node.refuses_to_start():
                self.told("ERROR", str(self.small), "No space left", "make room")
            self.node.kill()
        subprocess.run(["mount", "-o", "remount,size=32m", self.small], check=True)
        self.node.start()
        with self.node.client() as client:
            self.assertEqual(client.values("t"), kept)
            self.assertEqual(client.produce("t", batch(b"again"))[:2], (NONE, len(kept)))

    def test_a_disk_that_becomes_read_only(self):
        mounted(self.small, "size=8m")
        self.node.set("log.dirs", f"{self.node.data},{self.small}")
        self.node.set("metadata.log.dir", self.node.data)
        self.node.start()
        large, small = self.topics_on_both()
        with self.node.client() as client:
            self.assertEqual(client.produce(small, batch(b"kept"))[0], NONE)
        self.node.stop()
        subprocess.run(["mount", "-o", "remount,ro", self.small], check=True)
        self.node.start()
        self.told("ERROR", "log directory offline", str(self.small), "Read-only")
        with self.node.client() as client:
            self.assertEqual(client.produce(large, batch(b"goes on"))[0], NONE)
            code, _, why = client.produce(small, batch(b"x"))
            self.assertEqual(code, KAFKA_STORAGE_ERROR)
            self.assertIn(str(self.small), why)
            self.assertEqual(client.log_dirs(), {str(self.node.data): NONE, str(self.small): KAFKA_STORAGE_ERROR})
            self.assertEqual(client.create_topic("new", partitions=3)[0], NONE, "on the disk that works")
        subprocess.run(["mount", "-o", "remount,rw", self.small], check=True)
        self.node.restart()
        with self.node.client() as client:
            self.assertEqual(client.values(small), [b"kept"])
            self.assertEqual(client.produce(small, batch(b"x"))[:2], (NONE, 1))

    def test_directories_that_cannot_be_written(self):
        file = self.node.directory / "a-file"
        file.write_text("x")
        for path, words in ((f"{file}/data", "Not a directory"), ("/proc/none", "No such file")):
            with self.subTest("the only one", path=path):
                self.node.set("log.dirs", path)
                self.assertTrue(self.node.refuses_to_start())
                self.told("ERROR", "node cannot start", path if "proc" in path else str(file), words)
        with self.subTest("one of two"):
            self.node.set("log.dirs", f"{self.node.data},{file}/data")
            self.node.set("metadata.log.dir", self.node.data)
            self.node.start()
            self.told("ERROR", "log directory offline", str(file))
            with self.node.client() as client:
                self.assertEqual(client.create_topic("t")[0], NONE)
                self.assertEqual(client.produce("t", batch(b"x"))[0], NONE)
