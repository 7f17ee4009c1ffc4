"""What is measured: the loads, by name."""

import dataclasses

FILLED = ("retention.bytes=4000000000",)


def keep(partitions):
    """The topic's settings. Little stays on the disk, and so in the page cache: the same memory is used again and again.

    A virtual machine that takes fresh memory from its host for each new page would measure the host: a plain write to a
    file costs four times as much there.
    """
    each = max(128 // partitions, 16) << 20
    return (f"retention.bytes={each}", f"segment.bytes={each}", "file.delete.delay.ms=100")


@dataclasses.dataclass(frozen=True)
class Work:
    """One load. `kind` and `flags` are a load generator's; `fill` is produced before, in MB.

    `client`: the load comes from librdkafka instead of prebuilt requests. `beside` names what of mixed.py goes on beside
    the load; it is then measured twice, without and with that. `tls` is the version that the load speaks, if any.
    """

    name: str
    group: str
    kind: str
    flags: tuple
    partitions: int = 1
    fill: int = 0
    topic: tuple = ()
    client: bool = False
    beside: str = ""
    tls: str = ""

    def arguments(self):
        return [*self.flags, "--partitions", str(self.partitions), *(["--tls", self.tls] if self.tls else [])]


def work(name, kind, flags, partitions=1, group="", **more):
    group = group or {"produce": "Produce", "fetch": "Fetch", "tail": "End to end"}[kind]
    return Work(name, group, kind, tuple(flags.split()), partitions, **{"topic": keep(partitions), **more})


def twin(name, kind, flags, partitions=1, **more):
    return work(f"librdkafka: {name}", kind, flags, partitions, group="librdkafka", client=True, **more)


TAIL_10 = "--connections 1 --depth 64 --batch 16384 --record 1000 --rate 10"
TAIL_100 = "--connections 1 --depth 64 --batch 65536 --record 1000 --rate 100"
CODECS = ("gzip", "snappy", "lz4", "zstd")

REQUESTS = [
    work("produce, 256 KiB batches, 1 KiB records", "produce", "--connections 2 --depth 4 --batch 262144 --record 1024", 2),
    work("produce, 16 KiB batches, 100 B records", "produce", "--connections 2 --depth 5 --batch 16384 --record 100", 2),
    work("produce, 300 B batches, 1 in flight", "produce", "--connections 2 --depth 1 --batch 300 --record 100", 2),
    work("produce, 4 connections", "produce", "--connections 4 --depth 2 --batch 16384 --record 100", 4),
    work("produce, 50 connections", "produce", "--connections 50 --depth 1 --batch 16384 --record 100", 10),
    work("produce, 500 connections", "produce", "--connections 500 --depth 1 --batch 4096 --record 100", 10),
    work("produce, keyed, 100 partitions", "produce",
         "--connections 4 --depth 2 --batch 2048 --record 100 --batches 10 --keyed", 100),
    *(work(f"produce, {codec}", "produce", f"--connections 2 --depth 4 --batch 65536 --record 1024 --codec {codec}", 2)
      for codec in CODECS),
    work("produce, idempotent", "produce", "--connections 2 --depth 5 --batch 16384 --record 100 --idempotent", 2),
    work("fetch, hot, 1 MiB", "fetch", "--connections 2 --batch 1048576", 2, fill=1000, topic=FILLED),
    work("end to end, 10 MB/s, 1 consumer", "tail", TAIL_10),
    work("end to end, 10 MB/s, 10 consumers", "tail", TAIL_10 + " --readers 10"),
    work("end to end, 100 MB/s, 1 consumer", "tail", TAIL_100),
    work("end to end, 100 MB/s, 10 consumers", "tail", TAIL_100 + " --readers 10"),
]

CLIENTS = [
    twin("produce, 256 KiB batches, 1 KiB records", "produce", "--connections 2 --depth 4 --batch 262144 --record 1024", 2),
    twin("produce, 16 KiB batches, 100 B records", "produce", "--connections 2 --depth 5 --batch 16384 --record 100", 2),
    twin("produce, 2 records, 1 in flight", "produce", "--connections 1 --depth 1 --batch 200 --record 100"),
    twin("produce, 50 producers", "produce", "--connections 50 --depth 1 --batch 16384 --record 100", 10),
    twin("produce, keyed, 100 partitions", "produce", "--connections 2 --depth 2 --batch 16384 --record 100 --keyed", 100),
    *(twin(f"produce, {codec}", "produce", f"--connections 2 --depth 4 --batch 65536 --record 1024 --codec {codec}", 2)
      for codec in CODECS),
    twin("produce, idempotent", "produce", "--connections 2 --depth 5 --batch 16384 --record 100 --idempotent", 2),
    twin("fetch, hot", "fetch", "--connections 2 --batch 1048576", 2, fill=1000, topic=FILLED),
    twin("end to end, 10 MB/s, 1 consumer", "tail", "--connections 1 --depth 5 --batch 16384 --record 1000 --rate 10"),
    twin("end to end, 50 MB/s, 1 consumer", "tail", "--connections 1 --depth 5 --batch 65536 --record 1000 --rate 50"),
]

TLS = [
    work("TLS: produce, 256 KiB batches, 1 KiB records", "produce", "--connections 2 --depth 4 --batch 262144 --record 1024", 2,
         group="TLS", tls="1.3"),
    work("TLS 1.2: produce, 256 KiB batches, 1 KiB records", "produce",
         "--connections 2 --depth 4 --batch 262144 --record 1024", 2, group="TLS", tls="1.2"),
    work("TLS: fetch, hot, 1 MiB", "fetch", "--connections 2 --batch 1048576", 2, group="TLS", fill=1000, topic=FILLED, tls="1.3"),
    work("TLS: handshakes", "handshakes", "--connections 4", group="Handshakes", tls="1.3"),
    work("TLS 1.2: handshakes", "handshakes", "--connections 4", group="Handshakes", tls="1.2"),
]

MIXED = [
    work("tail at 10 MB/s beside a cold reader at 100 MB/s", "tail", TAIL_10, group="Mixed", beside="cold_reader"),
    work("tail at 10 MB/s beside a cold reader without bound", "tail", TAIL_10, group="Mixed", beside="greedy_cold_reader"),
    work("tail at 50 MB/s while retention deletes", "tail", "--connections 2 --depth 64 --batch 16384 --record 1000 --rate 50", 2,
         group="Mixed", beside="retention", topic=FILLED),
    work("tail at 10 MB/s while a topic is compacted", "tail", TAIL_10, group="Mixed", beside="compaction"),
]

WORKS = REQUESTS + TLS + CLIENTS + MIXED
