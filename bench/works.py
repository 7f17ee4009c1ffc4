"""What is measured: the loads, by name."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Work:
    """One load. `kind` and `flags` are the load generator's; `fill` is produced before, in MB."""

    name: str
    kind: str
    flags: tuple
    partitions: int = 1
    fill: int = 0
    topic: tuple = ("retention.bytes=2000000000",)

    def arguments(self):
        return [*self.flags, "--partitions", str(self.partitions)]


def flags(text):
    return tuple(text.split())


WORKS = [
    Work("produce, 256 KiB batches, 1 KiB records", "produce", flags("--connections 2 --depth 4 --batch 262144 --record 1024"), 2),
    Work("produce, 16 KiB batches, 100 B records", "produce", flags("--connections 2 --depth 5 --batch 16384 --record 100"), 2),
    Work("produce, 300 B batches, 1 in flight", "produce", flags("--connections 1 --depth 1 --batch 300 --record 100")),
    Work("fetch, hot, 1 MiB", "fetch", flags("--connections 2 --batch 1048576"), 2, fill=1000),
    Work("produce, 4 connections", "produce", flags("--connections 4 --depth 2 --batch 16384 --record 100"), 4),
    Work("produce, 50 connections", "produce", flags("--connections 50 --depth 1 --batch 16384 --record 100"), 10),
    Work("produce, 500 connections", "produce", flags("--connections 500 --depth 1 --batch 4096 --record 100"), 10),
    Work("produce, keyed, 100 partitions", "produce",
         flags("--connections 4 --depth 2 --batch 2048 --record 100 --batches 10 --keyed"), 100),
    Work("produce, gzip", "produce", flags("--connections 2 --depth 4 --batch 65536 --record 1024 --codec gzip"), 2),
    Work("produce, snappy", "produce", flags("--connections 2 --depth 4 --batch 65536 --record 1024 --codec snappy"), 2),
    Work("produce, lz4", "produce", flags("--connections 2 --depth 4 --batch 65536 --record 1024 --codec lz4"), 2),
    Work("produce, zstd", "produce", flags("--connections 2 --depth 4 --batch 65536 --record 1024 --codec zstd"), 2),
    Work("produce, idempotent", "produce", flags("--connections 2 --depth 5 --batch 16384 --record 100 --idempotent"), 2),
    Work("end to end, 10 MB/s", "tail", flags("--connections 2 --depth 64 --batch 16384 --record 1000 --rate 10"), 2),
    Work("end to end, 100 MB/s", "tail", flags("--connections 2 --depth 64 --batch 65536 --record 1000 --rate 100"), 2),
]
