"""docs/benchmarks.md and its plots, from all results that are kept."""

import os
import pathlib
import platform
import statistics
import subprocess

import plots
from broker import JVM, ROOT
from kept import SIDES, kept as kept_of
from works import WORKS

DOCS = ROOT / "docs"
FSYNC_NAME = ", synced to the device"
COLUMNS = [  # key, heading, digits
    ("mb_per_s", "MB/s", 0), ("requests_per_s", "requests/s", 0), ("p50_ms", "p50 ms", 3), ("p99_ms", "p99 ms", 3),
    ("p999_ms", "p99.9 ms", 3), ("cpu_s_per_gb", "CPU s/GB", 2), ("peak_mb", "peak MiB", 0),
]
HANDSHAKES = [("requests_per_s", "handshakes/s", 0), ("cpu_us_per_handshake", "CPU us each", 0), *COLUMNS[2:5], COLUMNS[6]]
HEADINGS = {"librdkafka": {"requests_per_s": "records/s"}}
NOTES = {
    "Produce": "Prebuilt requests, acknowledged by all. CPU is the broker's, user and system, over what was produced.",
    "Fetch": "A topic in the page cache, read from its beginning again and again.",
    "End to end": "Batches are due by a timetable and carry the time at which they were due; a latency is the age of a batch when a"
    " consumer at the tail has it, by the same clock. What is sent late because an answer was late counts as late. The generator's"
    " sockets do not delay small packets.",
    "TLS": "The same as above over TLS 1.3 (or 1.2) with AES-128-GCM, which the generator offers alone. It encrypts and decrypts on"
    " the cores that the broker shares.",
    "Handshakes": "Four clients that connect, shake hands in full with an ECDSA certificate (P-256), and part, again and again; their"
    " half of the arithmetic is on the same cores.",
    "librdkafka": "The same kinds of load through a real client, its default settings but for those that the work names. The client"
    " shares the cores with the broker and costs more than either broker, so throughput is mostly the client's; the broker's CPU and"
    " the latencies (of records) are what counts. 50 producers are 50 handles in one process; with 500 the client's threads, two or"
    " more for each handle, would be all that is measured.",
    "Mixed": "A load at the tail without, and then with, something else on the same broker. The target is a p99 of at most 1.5 times.",
}
PLOTS = [  # file, groups, key, title, subtitle
    ("throughput", ("Produce", "Fetch"), "mb_per_s", "Throughput, MB/s", "More is better"),
    ("produce-latency", ("Produce", "Fetch"), "p99_ms", "Latency of requests at full load, p99, ms", "Less is better"),
    ("end-to-end", ("End to end",), "p99_ms", "Age of a record when a consumer has it, p99, ms", "Less is better"),
    ("tls", ("TLS",), "mb_per_s", "Throughput over TLS, MB/s", "More is better"),
    ("tls-cpu", ("TLS",), "cpu_s_per_gb", "CPU of the broker over TLS, seconds per GB", "Less is better"),
    ("cpu", ("Produce", "Fetch", "End to end"), "cpu_s_per_gb", "CPU of the broker, seconds per GB", "Less is better"),
    ("client-cpu", ("librdkafka",), "cpu_s_per_gb", "CPU of the broker under librdkafka, seconds per GB", "Less is better"),
    ("client-latency", ("librdkafka",), "p99_ms", "Latency of records under librdkafka, p99, ms", "Less is better"),
]


def median(rounds, key):
    return statistics.median(figures[key] for figures in rounds)


def ratio(pairs, key):
    """Median, least and most of Barnabas over Apache, round by round. None where there is nothing to compare."""
    each = [ours[key] / theirs[key] for theirs, ours in pairs if theirs.get(key)]
    return (statistics.median(each), min(each), max(each)) if each else None


def ratio_words(pairs, key):
    found = ratio(pairs, key)
    return "{:.2f} ({:.2f}-{:.2f})".format(*found) if found else ""


def rounds_words(pairs):
    """How many rounds, of how many seconds."""
    seconds = sorted({figures["seconds"] for pair in pairs for figures in pair})
    return f"{len(pairs)} x {'-'.join(f'{each:g}' for each in (seconds[0], seconds[-1])[:len(seconds)])} s"


def by_group(kept):
    """{group: [(name, work, pairs)]} of what has a round on both sides, in the works' order."""
    groups = {}
    for work in WORKS:
        for name in (work.name, work.name + FSYNC_NAME):
            if pairs := kept.pairs(name):
                groups.setdefault(work.group, []).append((name, work, pairs))
    return groups


def grid(headings, rows):
    return "\n".join(["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings),
                      *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def summary(kept):
    """One line for each work: Barnabas over Apache."""
    rows = []
    for group, works in by_group(kept).items():
        if group == "Mixed":
            continue
        for name, _, pairs in works:
            most, cost = ("requests_per_s", "cpu_us_per_handshake") if group == "Handshakes" else ("mb_per_s", "cpu_s_per_gb")
            throughput = "" if group == "End to end" else ratio_words(pairs, most)
            rows.append([name, throughput, ratio_words(pairs, "p99_ms"), ratio_words(pairs, cost), rounds_words(pairs)])
    return grid(["work", "throughput", "p99", "CPU per GB, or each", "rounds"], rows)


def details(group, works):
    columns = [(key, HEADINGS.get(group, {}).get(key, heading), digits)
               for key, heading, digits in (HANDSHAKES if group == "Handshakes" else COLUMNS)]
    rows = []
    for name, _, pairs in works:
        for index, side in enumerate(SIDES):
            cells = [f"{median([pair[index] for pair in pairs], key):,.{digits}f}" for key, _, digits in columns]
            rows.append([name if index == 0 else "", plots.NAMES[side], *cells])
    return grid(["work", "", *(heading for _, heading, _ in columns)], rows)


def mixed(works):
    rows = []
    for name, _, pairs in works:
        for index, side in enumerate(SIDES):
            rounds = [pair[index] for pair in pairs]
            over = [figures["p99_over_alone"] for figures in rounds]
            aside = next((f"{median(rounds, key):,.0f} MB {words}" for key, words in
                          (("read_mb", "read from the device"), ("kept_mb", "kept")) if key in rounds[0]), "")
            rows.append([name if index == 0 else "", plots.NAMES[side], f"{median(rounds, 'p99_alone_ms'):.3f}",
                         f"{median(rounds, 'p99_ms'):.3f}", f"{statistics.median(over):.2f} ({min(over):.2f}-{max(over):.2f})",
                         f"{median(rounds, 'mb_per_s'):.1f}", aside, rounds_words(pairs)])
    return grid(["work", "", "p99 ms without", "p99 ms with", "with / without", "MB/s", "beside", "rounds"], rows)


def draw(groups):
    """Writes the plots that have something to show. [(file, title)]"""
    folder = DOCS / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, of, key, title, subtitle in PLOTS:
        rows = []
        for group in of:
            for work, _, pairs in groups.get(group, []):
                values = {side: median([pair[index] for pair in pairs], key) for index, side in enumerate(SIDES)}
                if all(values.values()):
                    rows.append((work.removeprefix("librdkafka: "), values, f"{ratio(pairs, key)[0]:.2f}x"))
        if rows:
            (folder / f"{name}.svg").write_text(plots.bars(title, subtitle, rows))
            drawn.append((name, title))
    return drawn


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def about(settings):
    version = subprocess.run([ROOT / "build/release/barnabas", "--version"], capture_output=True, text=True, check=False)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    congestion = pathlib.Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    return [
        f"- machine: {os.cpu_count()} cores, {cpu_name()}, {memory:.0f} GiB, Linux {platform.release()}, loopback with {congestion}"
        " (Barnabas answers within the machine by Reno: [why](hot-paths.md#fetch)); the load comes from the same cores",
        f"- versions: Apache Kafka 4.3.1 on Java 17, heap `-Xmx1g {JVM}`; {version.stdout.strip() or 'Barnabas'}, as released",
        f"- settings: one node, broker and controller; acks=all, replication factor 1; `{' '.join(settings)}`; the rest default",
    ]


def page(kept, settings):
    groups = by_group(kept)
    drawn = draw(groups)
    parts = ["# Barnabas beside Apache Kafka\n", "Made by `./dev bench`. Both brokers ran on this machine in turn, with the same settings,"
             " under the same load,\nround after round. Each figure is the median of the rounds; each ratio is Barnabas over Apache, with its"
             " least and most.\n", "\n".join(about(settings)) + "\n", "## In short: Barnabas over Apache Kafka\n", summary(kept)]
    parts += [f"![{title}](benchmarks/{name}.svg)\n" for name, title in drawn]
    for group, works in groups.items():
        parts += [f"## {group}\n", NOTES[group] + "\n", mixed(works) if group == "Mixed" else details(group, works)]
    for section in ("long", "scale"):
        if made := kept_of(section):
            parts += [made["heading"] + "\n", made["text"]]
    return "\n".join(parts)


def write(kept, settings):
    DOCS.mkdir(exist_ok=True)
    (DOCS / "benchmarks.md").write_text(page(kept, settings).rstrip() + "\n")
