"""One measurement: a load on a broker, and what it cost the broker."""

import mixed
from load import fill, load

# Seconds that librdkafka's consumers need to find their partitions, while the timetable of the producers already runs.
SETTLING = 2


def measured(broker, work, topic, seconds, warm_up):
    """The load's figures, after a warm-up, with `cpu_s_per_gb` and `peak_mb` of the broker."""
    arguments = work.arguments()
    load(broker, work.kind, topic, *arguments, "--warm-up", 0, "--seconds", warm_up, client=work.client)
    settling = SETTLING if work.client and work.kind == "tail" else 0
    broker.forget_peak()
    before = broker.cpu_seconds()
    figures = load(broker, work.kind, topic, *arguments, "--warm-up", settling, "--seconds", seconds, client=work.client)
    spent = (broker.cpu_seconds() - before) * seconds / (settling + seconds)  # a timetable's load is even
    figures["peak_mb"] = broker.memory("VmHWM")
    if work.kind == "handshakes":
        figures["cpu_us_per_handshake"] = spent * 1e6 / max(figures["requests"], 1)
    else:
        figures["cpu_s_per_gb"] = spent / max(figures["bytes"] / 1e9, 1e-9)
    if not figures["bytes"] and (work.kind != "handshakes" or not figures["requests"]):
        raise RuntimeError(f"{work.name} on {broker.kind}: nothing came through")
    return figures


def measure(broker, work, topic, seconds, warm_up):
    """Figures of one work. Beside something else it is measured twice: `p99_alone_ms` is without that."""
    broker.create_topic(topic, work.partitions, work.topic)
    if work.fill:
        fill(broker, topic, work.partitions, work.fill)
    if work.beside:
        figures = measured_beside(broker, work, topic, seconds, warm_up)
    else:
        figures = measured(broker, work, topic, seconds, warm_up)
    figures["seconds"] = seconds
    broker.delete_topic(topic)
    return figures


def measured_beside(broker, work, topic, seconds, warm_up):
    beside = getattr(mixed, work.beside)
    with beside(broker, topic, False):
        alone = measured(broker, work, topic, seconds, warm_up)
    with beside(broker, topic, True) as told:
        figures = measured(broker, work, topic, seconds, warm_up)
        figures |= told()
    for key in ("p50_ms", "p99_ms", "p999_ms"):
        figures[key.replace("_ms", "_alone_ms")] = alone[key]
    figures["p99_over_alone"] = figures["p99_ms"] / alone["p99_ms"]
    return figures
