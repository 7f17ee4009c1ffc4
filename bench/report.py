"""Tables and plots of measurements."""

import statistics

SCALE = "## Starts, partitions, connections"
COLUMNS = [  # key, heading, digits, which ratio is good
    ("mb_per_s", "MB/s", 0), ("requests_per_s", "requests/s", 0), ("p50_ms", "p50 ms", 3), ("p99_ms", "p99 ms", 3),
    ("p999_ms", "p99.9 ms", 3), ("cpu_s_per_gb", "CPU s/GB", 2), ("peak_mb", "peak MiB", 0),
]


def median(rounds, key):
    return statistics.median(figures[key] for figures in rounds)


def ratios(apache, barnabas, key):
    """Median, least and most of Barnabas over Apache, round by round."""
    each = [ours[key] / theirs[key] for ours, theirs in zip(barnabas, apache) if theirs[key]]
    return (statistics.median(each), min(each), max(each)) if each else (0, 0, 0)


def table(results):
    """Markdown. `results`: {work: {"apache": [figures], "barnabas": [figures]}}."""
    lines = ["| work | | " + " | ".join(heading for _, heading, _ in COLUMNS) + " |",
             "|---|---|" + "---|" * len(COLUMNS)]
    for work, sides in results.items():
        for side in ("apache", "barnabas"):
            cells = [f"{median(sides[side], key):.{digits}f}" for key, _, digits in COLUMNS]
            lines.append(f"| {work if side == 'apache' else ''} | {side.capitalize()} | " + " | ".join(cells) + " |")
        cells = ["{:.2f} ({:.2f}-{:.2f})".format(*ratios(sides["apache"], sides["barnabas"], key)) for key, _, _ in COLUMNS]
        lines.append("| | ratio | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def plot(results, key, title):
    """Bars for both sides of every work, scaled to the larger of the two, as SVG."""
    row, left, width = 46, 330, 420
    height = 40 + row * len(results)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 110}" height="{height}" '
             'font-family="sans-serif" font-size="12">', f'<rect width="100%" height="100%" fill="white"/>',
             f'<text x="10" y="22" font-size="15">{title}</text>']
    for index, (work, sides) in enumerate(results.items()):
        top = 40 + row * index
        values = {side: median(sides[side], key) for side in ("apache", "barnabas")}
        most = max(values.values()) or 1
        parts.append(f'<text x="10" y="{top + 22}">{work}</text>')
        for line, (side, colour) in enumerate((("apache", "#b0b0b0"), ("barnabas", "#2a6fbb"))):
            length = width * values[side] / most
            parts.append(f'<rect x="{left}" y="{top + 4 + 17 * line}" width="{length:.1f}" height="14" fill="{colour}"/>')
            parts.append(f'<text x="{left + length + 6:.1f}" y="{top + 15 + 17 * line}">{values[side]:.4g} {side}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def page(results, about):
    """docs/benchmarks.md."""
    lines = ["# Barnabas beside Apache Kafka", "", "Made by `./dev bench`. Both brokers ran on this machine in turn, with the same settings, under the same load,",
             "round after round; each figure is the median of the rounds, each ratio Barnabas over Apache, with its least and most.", ""]
    lines += [f"- {key}: {value}" for key, value in about.items()]
    lines += ["", table(results)]
    for name in PLOTS:
        lines.append(f"![{PLOTS[name]}](benchmarks/{name}.svg)")
    return "\n".join(lines) + "\n"


PLOTS = {"mb_per_s": "Throughput, MB/s (more is better)", "p99_ms": "Latency p99, ms (less is better)",
         "cpu_s_per_gb": "CPU of the broker, seconds per GB (less is better)"}


def parts(docs):
    """What stands on the page so far: the loads, and from SCALE on the section that `--scale` makes."""
    path = docs / "benchmarks.md"
    loads, heading, scale = (path.read_text() if path.exists() else "").partition(SCALE)
    return loads, heading + scale


def write_scale(text, docs):
    (docs / "benchmarks.md").write_text(f"{parts(docs)[0].rstrip()}\n\n{SCALE}\n\n{text}".lstrip())


def write(results, about, docs):
    (docs / "benchmarks").mkdir(parents=True, exist_ok=True)
    for key, title in PLOTS.items():
        (docs / f"benchmarks/{key}.svg").write_text(plot(results, key, title))
    scale = parts(docs)[1]
    (docs / "benchmarks.md").write_text(page(results, about) + (f"\n{scale}" if scale else ""))
